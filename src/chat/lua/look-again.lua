#!lua
-- Whoever has leased a channel to look at it says when to look next, unless it has moved meanwhile: then somebody looks anyway.
-- KEYS 1 meta hash   2 list zset channel -> when to look (ms)
-- ARGV 1 channel   2 its score under the lease   3 field of meta that says what was done   4 its value, or '' for nothing
--      5 when (ms), or '' for never   6 the newest message that was looked at, or '' when new ones move the list themselves
-- Returns 1, or 0 when it has moved: nothing changes.
local meta, list = unpack(KEYS)
local channel, leased, field, value, at, newest = unpack(ARGV)

if tonumber(redis.call('ZSCORE', list, channel)) ~= tonumber(leased) then return 0 end
if newest ~= '' and redis.call('HGET', meta, 'last') ~= newest then return 0 end
if value == '' then
  redis.call('HDEL', meta, field)
else
  redis.call('HSET', meta, field, value)
end
if at == '' then
  redis.call('ZREM', list, channel)
else
  redis.call('ZADD', list, at, channel)
end
return 1
