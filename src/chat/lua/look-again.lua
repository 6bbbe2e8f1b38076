#!lua
-- Whoever has leased the clock of a channel says when to look next, unless it has moved meanwhile: then somebody looks anyway.
-- KEYS 1 meta hash: alerted   2 open zset channel -> when to look (ms)
-- ARGV 1 channel   2 its score under the lease   3 '1' when somebody was alerted, or is about to be   4 when (ms), or '' for never
-- Returns 1, or 0 when it has moved: nothing changes.
local meta, open = unpack(KEYS)
local channel, leased, alerted, at = unpack(ARGV)

if tonumber(redis.call('ZSCORE', open, channel)) ~= tonumber(leased) then return 0 end
if alerted == '1' then
  redis.call('HSET', meta, 'alerted', 1)
else
  redis.call('HDEL', meta, 'alerted')
end
if at == '' then
  redis.call('ZREM', open, channel)
else
  redis.call('ZADD', open, at, channel)
end
return 1
