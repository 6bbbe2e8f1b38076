#!lua
-- An upload is whole, and its file durable.
-- KEYS 1 records hash id -> JSON   2 byKey hash <person>/<key> -> id   3 pending zset <channel>/<id> -> since (ms)
--      4 doomed set <channel>/<id>
-- ARGV 1 id   2 record as JSON, uploaded   3 <person>/<key>   4 <channel>/<id>   5 now (ms)
-- Returns { 'stored' | 'repeated', id, JSON }: what is answered for this key, which another attempt may have had before;
-- { 'gone' } when the channel was forgotten meanwhile. Except for 'stored', the file is doomed.
local records, byKey, pending, doomed = unpack(KEYS)
local id, record, key, member, now = unpack(ARGV)

local known = redis.call('HGET', records, id)
local first = redis.call('HGET', byKey, key)
local before = first and first ~= id and redis.call('HGET', records, first)
if not known or before then
  redis.call('HDEL', records, id)
  redis.call('ZREM', pending, member)
  redis.call('SADD', doomed, member)
  if not known then return { 'gone' } end
  return { 'repeated', first, before }
end
-- Sent twice by a connection that was lost, it must not undo what came between.
if cjson.decode(known).state == 'uploading' then
  redis.call('HSET', records, id, record)
  redis.call('HSET', byKey, key, id)
  redis.call('ZADD', pending, now, member)
end
return { 'stored', id, redis.call('HGET', records, id) }
