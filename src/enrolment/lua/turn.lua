#!lua
-- A turn of a cover was told. One that was changed meanwhile is looked at once more.
-- KEYS 1 turns zset id -> when it begins or ends next (ms)
-- ARGV 1 id   2 its score under the lease   3 when it turns next (ms), or '' for never
local turns = KEYS[1]
local id, leased, at = unpack(ARGV)

if tonumber(redis.call('ZSCORE', turns, id)) ~= tonumber(leased) then return end
if at == '' then
  redis.call('ZREM', turns, id)
else
  redis.call('ZADD', turns, at, id)
end
