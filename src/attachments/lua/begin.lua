#!lua
-- Announce an upload before anything of it is stored: whatever becomes of it, a sweep will know of its file.
-- KEYS 1 records hash id -> JSON   2 pending zset <channel>/<id> -> since (ms)   3 erased zset of whom nothing is made
-- ARGV 1 id   2 record as JSON, uploading   3 <channel>/<id>   4 now (ms)   5 channel
-- Returns 1, or 0 when the channel was erased.
local records, pending, erased = unpack(KEYS)
local id, record, member, now, channel = unpack(ARGV)

if redis.call('ZSCORE', erased, channel) then return 0 end
redis.call('HSET', records, id, record)
redis.call('ZADD', pending, now, member)
return 1
