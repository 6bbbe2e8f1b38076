#!lua
-- Forget an upload that has belonged to no message for too long, or was never finished, and doom its file; or leave an
-- attached one alone from now on.
-- KEYS 1 records hash id -> JSON   2 byKey hash <person>/<key> -> id   3 pending zset <channel>/<id> -> since (ms)
--      4 doomed set <channel>/<id>
-- ARGV 1 id   2 <channel>/<id>   3 it must have been so before (ms)   4 '1' when a message names it
-- Returns 1 when it is doomed, 0 when a message has it or is just claiming it, or it was removed meanwhile.
local records, byKey, pending, doomed = unpack(KEYS)
local id, member, before, named = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1'

local since = redis.call('ZSCORE', pending, member)
if not since or tonumber(since) >= before then return 0 end
redis.call('ZREM', pending, member)
local json = redis.call('HGET', records, id)
local record = json and cjson.decode(json)
if record and record.state == 'attached' and named then return 0 end
if record then
  local key = record.by .. '/' .. record.key
  if redis.call('HGET', byKey, key) == id then redis.call('HDEL', byKey, key) end
  redis.call('HDEL', records, id)
end
redis.call('SADD', doomed, member)
return 1
