#!lua
-- Forget a callback, whatever has become of it. A repeat changes nothing.
-- KEYS 1 callbacks hash id -> JSON        2 history hash <id>/<n> -> JSON     3 open hash jobseeker -> id
--      4 held hash advisor -> id          5 leased zset id -> leaseUntil      6 waiting zset id -> requestedAt
--      7 queue zset id -> requestedAt     (6 and 7 of the callback's advisor)  8 own zset id -> requestedAt
-- ARGV 1 id
-- Returns 1 if it was there.
local callbacks, history, open, held, leased, waiting, queue, own = unpack(KEYS)
local id = ARGV[1]

redis.call('ZREM', own, id)
local stored = redis.call('HGET', callbacks, id)
if not stored then return 0 end
local record = cjson.decode(stored)
local callback = record.callback
for n = 1, record.steps do redis.call('HDEL', history, id .. '/' .. n) end
redis.call('HDEL', callbacks, id)
if redis.call('HGET', open, callback.jobseeker) == id then redis.call('HDEL', open, callback.jobseeker) end
if redis.call('HGET', held, callback.advisor) == id then redis.call('HDEL', held, callback.advisor) end
redis.call('ZREM', leased, id)
redis.call('ZREM', waiting, id)
redis.call('ZREM', queue, id)
return 1
