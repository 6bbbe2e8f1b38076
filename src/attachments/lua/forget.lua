#!lua
-- Forget everything of a channel and doom its files. What is still on its way stays pending as well: its file may come
-- later, and is doomed then, or by a sweep.
-- KEYS 1 records hash id -> JSON   2 byKey hash   3 pending zset <channel>/<id> -> since (ms)   4 doomed set <channel>/<id>
-- ARGV 1 channel
-- Returns how many files there were.
local records, byKey, pending, doomed = unpack(KEYS)
local channel = ARGV[1]

local fields, count = redis.call('HGETALL', records), 0
for n = 1, #fields, 2 do
  local member = channel .. '/' .. fields[n]
  redis.call('SADD', doomed, member)
  if cjson.decode(fields[n + 1]).state ~= 'uploading' then
    redis.call('ZREM', pending, member)
    count = count + 1
  end
end
redis.call('DEL', records, byKey)
return count
