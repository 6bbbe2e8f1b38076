#!lua
-- Lease covers that begin or end, so that of all nodes one tells of it.
-- KEYS 1 covers hash id -> JSON    2 turns zset id -> when it begins or ends next (ms)
-- ARGV 1 lease (ms)   2 most of them
-- Returns { until when they are leased (ms), which is the score that they have now, cover as JSON … }.
local covers, turns = unpack(KEYS)
local lease, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local taken = { now + lease }
for _, id in ipairs(redis.call('ZRANGEBYSCORE', turns, '-inf', now, 'LIMIT', 0, most)) do
  local cover = redis.call('HGET', covers, id)
  if cover then
    redis.call('ZADD', turns, now + lease, id)
    taken[#taken + 1] = cover
  else
    redis.call('ZREM', turns, id)
  end
end
return taken
