#!lua
-- Lease the earliest callback that waits for an advisor to them, unless they hold one already.
-- KEYS 1 callbacks hash id -> JSON        2 history hash <id>/<n> -> JSON     3 held hash advisor -> id
--      4 leased zset id -> leaseUntil     5 waiting zset id -> requestedAt
--      6 feeds hash, 7 log stream, 8 nudge channel (store/lua/events.lua)
-- ARGV 1 advisor   2 lease (ms)
-- Returns the record as JSON, or nil when there is nothing to offer.
local callbacks, history, held, leased, waiting, feeds, log, nudge = unpack(KEYS)
local advisor, lease = unpack(ARGV)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

if redis.call('HEXISTS', held, advisor) == 1 then return nil end
local id = redis.call('ZRANGE', waiting, 0, 0)[1]
if not id then return nil end
local record = cjson.decode(redis.call('HGET', callbacks, id))
local callback = record.callback

callback.state = 'offered'
-- Later than the change before, so that readers can tell the newer of two states.
callback.changedAt = math.max(now, callback.changedAt + 1)
record.token = record.token + 1
record.leaseUntil = now + tonumber(lease)
record.steps = record.steps + 1
local json = cjson.encode(record)
redis.call('HSET', callbacks, id, json)
redis.call('HSET', history, id .. '/' .. record.steps,
  cjson.encode({ state = 'offered', at = callback.changedAt, by = advisor, token = record.token }))
redis.call('HSET', held, advisor, id)
redis.call('ZADD', leased, record.leaseUntil, id)
redis.call('ZREM', waiting, id)
tell(feeds, log, nudge, callback, { callback = id, token = record.token, leaseUntil = record.leaseUntil })
return json
