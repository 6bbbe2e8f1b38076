#!lua
-- Put a new request into its advisor's queue, unless the jobseeker has an open one. A repeat gives the same.
-- KEYS 1 callbacks hash id -> JSON        2 history hash <id>/<n> -> JSON     3 open hash jobseeker -> id
--      4 waiting zset id -> requestedAt   5 queue zset id -> requestedAt      6 own zset id -> requestedAt
--      7 requested string: the answer to this idempotency key
--      8 feeds hash, 9 log stream, 10 nudge channel (store/lua/events.lua)   11 erased zset of whom nothing is made
-- ARGV 1 callback as JSON without state, times and counts   2 ms a key is remembered   3 requests kept per jobseeker
-- Returns { 'created' | 'existing', record as JSON }, or { 'erased' } for a jobseeker who is (store/fence.ts).
local callbacks, history, open, waiting, queue, own, requested, feeds, log, nudge, erased = unpack(KEYS)
local remember, kept = tonumber(ARGV[2]), tonumber(ARGV[3])
local callback = cjson.decode(ARGV[1])
local id, jobseeker = callback.id, callback.jobseeker
if redis.call('ZSCORE', erased, jobseeker) then return { 'erased' } end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local word, earlier = string.match(redis.call('GET', requested) or '', '^(%a+):(.+)$')
if not earlier then
  word, earlier = 'existing', redis.call('HGET', open, jobseeker)
  redis.call('SET', requested, earlier and 'existing:' .. earlier or 'created:' .. id, 'PX', remember)
end
if earlier then return { word, redis.call('HGET', callbacks, earlier) } end

callback.state, callback.requestedAt, callback.changedAt, callback.missedOffers = 'waiting', now, now, 0
local json = cjson.encode({ callback = callback, token = 0, leaseUntil = 0, steps = 1 })
redis.call('HSET', callbacks, id, json)
redis.call('HSET', history, id .. '/1', cjson.encode({ state = 'waiting', at = now, by = jobseeker, why = 'requested' }))
redis.call('HSET', open, jobseeker, id)
redis.call('ZADD', waiting, now, id)
redis.call('ZADD', queue, now, id)
redis.call('ZADD', own, now, id)
tell(feeds, log, nudge, callback)

for _, old in ipairs(redis.call('ZRANGE', own, 0, -kept - 1)) do
  local record = cjson.decode(redis.call('HGET', callbacks, old))
  -- Not while an idempotency key may still point to it.
  if record.callback.changedAt > now - remember then break end
  for n = 1, record.steps do redis.call('HDEL', history, old .. '/' .. n) end
  redis.call('HDEL', callbacks, old)
  redis.call('ZREM', own, old)
end
return { 'created', json }
