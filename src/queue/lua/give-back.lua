#!lua
-- An offer that was not accepted goes back to its place in the queue.
-- KEYS 1 callbacks hash id -> JSON        2 history hash <id>/<n> -> JSON     3 held hash advisor -> id
--      4 leased zset id -> leaseUntil     5 waiting zset id -> requestedAt
--      6 feeds hash, 7 log stream, 8 nudge channel (store/lua/events.lua)
-- ARGV 1 id   2 advisor   3 why: 'expired' (only if the lease is over; counts as missed) or 'released'
-- Returns 1 if it went back, 0 if there was nothing to do.
local callbacks, history, held, leased, waiting, feeds, log, nudge = unpack(KEYS)
local id, advisor, why = unpack(ARGV)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local stored = redis.call('HGET', callbacks, id)
if not stored then return 0 end
local record = cjson.decode(stored)
local callback = record.callback
if callback.state ~= 'offered' or callback.advisor ~= advisor then return 0 end
if why == 'expired' and record.leaseUntil > now then return 0 end

callback.state = 'waiting'
callback.changedAt = math.max(now, callback.changedAt + 1)
if why == 'expired' then callback.missedOffers = callback.missedOffers + 1 end
record.steps = record.steps + 1
redis.call('HSET', callbacks, id, cjson.encode(record))
redis.call('HSET', history, id .. '/' .. record.steps,
  cjson.encode({ state = 'waiting', at = callback.changedAt, by = advisor, token = record.token, why = why }))
redis.call('HDEL', held, advisor)
redis.call('ZREM', leased, id)
redis.call('ZADD', waiting, callback.requestedAt, id)
tell(feeds, log, nudge, callback)
return 1
