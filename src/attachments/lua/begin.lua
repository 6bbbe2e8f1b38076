#!lua
-- Announce an upload before anything of it is stored: whatever becomes of it, a sweep will know of its file.
-- KEYS 1 records hash id -> JSON   2 pending zset <channel>/<id> -> since (ms)
-- ARGV 1 id   2 record as JSON, uploading   3 <channel>/<id>   4 now (ms)
local records, pending = unpack(KEYS)
local id, record, member, now = unpack(ARGV)

redis.call('HSET', records, id, record)
redis.call('ZADD', pending, now, member)
