#!lua flags=no-writes
-- Read notes, newest first. It reads those and no others, however many there are.
-- KEYS 1 notes hash id -> JSON     2 order zset id -> at
-- ARGV 1 '+inf', or '(' and the moment before which they were made   2 most notes to return (at most 1,000)
-- Returns their JSON.
local notes, order = unpack(KEYS)
local before, most = unpack(ARGV)

local ids = redis.call('ZRANGE', order, before, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, most)
if #ids == 0 then return {} end
return redis.call('HMGET', notes, unpack(ids))
