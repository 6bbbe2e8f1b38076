#!lua
-- Hand out the salt of an erasure that is complete, once: to one key, which may ask again for a while.
-- KEYS 1 erasures hash id -> JSON    2 salt hash: salt, by
-- ARGV 1 id   2 key   3 ms in which the same key may ask again
-- Returns { 'ok', erasure as JSON, salt }, { 'missing' }, { 'early' }, or { 'gone' }: somebody else has it, or nobody came.
local erasures, saltKey = unpack(KEYS)
local id, key, again = unpack(ARGV)

local stored = redis.call('HGET', erasures, id)
if not stored then return { 'missing' } end
local erasure = cjson.decode(stored)
if not erasure.completedAt then return { 'early' } end
local salt, by = unpack(redis.call('HMGET', saltKey, 'salt', 'by'))
if not salt or (by and by ~= key) then return { 'gone' } end
if not by then
  redis.call('HSET', saltKey, 'by', key)
  redis.call('PEXPIRE', saltKey, again)
  erasure.collectedAt = redis.call('TIME')[1] * 1000
  stored = cjson.encode(erasure)
  redis.call('HSET', erasures, id, stored)
end
return { 'ok', stored, salt }
