#!lua
-- Forget files of a channel and doom them. Those that are not there are passed over.
-- KEYS 1 records hash id -> JSON   2 byKey hash <person>/<key> -> id   3 pending zset <channel>/<id> -> since (ms)
--      4 doomed set <channel>/<id>
-- ARGV 1 channel   2 … ids
-- Returns those of <channel>/<id> that are doomed, now or by an earlier call: nobody else's file goes by its id.
local records, byKey, pending, doomed = unpack(KEYS)
local channel = ARGV[1]

local found = {}
for n = 2, #ARGV do
  local id, member = ARGV[n], channel .. '/' .. ARGV[n]
  local json = redis.call('HGET', records, id)
  if json then
    local record = cjson.decode(json)
    local key = record.by .. '/' .. record.key
    if redis.call('HGET', byKey, key) == id then redis.call('HDEL', byKey, key) end
    redis.call('HDEL', records, id)
  end
  -- Without a record it may still have been on its way when its channel was forgotten.
  local waited = redis.call('ZREM', pending, member) == 1
  if json or waited then redis.call('SADD', doomed, member) end
  if redis.call('SISMEMBER', doomed, member) == 1 then found[#found + 1] = member end
end
return found
