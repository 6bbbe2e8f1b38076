#!lua
-- Lease channels that are to be looked at, so that of all nodes one does.
-- KEYS 1 zset channel -> when (ms)
-- ARGV 1 lease (ms)   2 most of them
-- Returns { until when they are leased (ms), which is the score that they have now, channel … }.
local list = KEYS[1]
local lease, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local taken = { now + lease }
for _, channel in ipairs(redis.call('ZRANGEBYSCORE', list, '-inf', now, 'LIMIT', 0, most)) do
  redis.call('ZADD', list, now + lease, channel)
  taken[#taken + 1] = channel
end
return taken
