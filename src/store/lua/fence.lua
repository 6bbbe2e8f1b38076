#!lua
-- Nothing new is made of somebody for a while.
-- KEYS 1 erased zset person -> until (ms)
-- ARGV 1 person   2 for how long (ms)
local erased, person, keep = KEYS[1], ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

redis.call('ZREMRANGEBYSCORE', erased, '-inf', string.format('%.0f', now))
redis.call('ZADD', erased, string.format('%.0f', now + keep), person)
redis.call('PEXPIRE', erased, keep)
