#!lua
-- Lease what is due: whoever takes it and dies leaves it to another. It may be done twice; each deed is made for that.
-- KEYS 1 due zset   ARGV 1 now (ms)   2 lease (ms)   3 most
-- Returns what is due.
local due = KEYS[1]
local now, lease, most = unpack(ARGV)

local taken = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, most)
for _, member in ipairs(taken) do redis.call('ZADD', due, string.format('%.0f', now + lease), member) end
return taken
