#!lua
-- Forget everything of a channel and doom its files. What is still on its way stays pending: its file comes later, and is
-- doomed then, or by a sweep.
-- KEYS 1 records hash id -> JSON   2 byKey hash   3 pending zset <channel>/<id> -> since (ms)   4 doomed set <channel>/<id>
-- ARGV 1 channel
local records, byKey, pending, doomed = unpack(KEYS)
local channel = ARGV[1]

local fields = redis.call('HGETALL', records)
for n = 1, #fields, 2 do
  if cjson.decode(fields[n + 1]).state ~= 'uploading' then
    local member = channel .. '/' .. fields[n]
    redis.call('ZREM', pending, member)
    redis.call('SADD', doomed, member)
  end
end
redis.call('DEL', records, byKey)
