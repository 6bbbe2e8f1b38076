#!lua
-- Remove a request that ended before a moment, with its history. An open one stays.
-- KEYS 1 callbacks hash id -> JSON   2 history hash <id>/<n> -> JSON   3 own zset id -> requestedAt
-- ARGV 1 id   2 the moment (ms)
-- Returns 1 if it went.
local callbacks, history, own = unpack(KEYS)
local id, before = ARGV[1], tonumber(ARGV[2])

local stored = redis.call('HGET', callbacks, id)
if not stored then
  redis.call('ZREM', own, id)
  return 0
end
local record = cjson.decode(stored)
local state = record.callback.state
if (state ~= 'done' and state ~= 'cancelled') or record.callback.changedAt >= before then return 0 end
for n = 1, record.steps do redis.call('HDEL', history, id .. '/' .. n) end
redis.call('HDEL', callbacks, id)
redis.call('ZREM', own, id)
return 1
