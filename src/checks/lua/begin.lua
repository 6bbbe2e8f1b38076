#!lua
-- Count a test call that somebody begins.
-- KEYS 1 starts string count; with the time to live of the first
-- ARGV 1 most   2 within (ms)
-- Returns 0, or after how long (ms) another may begin.
local starts = KEYS[1]
local most, within = tonumber(ARGV[1]), tonumber(ARGV[2])
if tonumber(redis.call('GET', starts) or 0) >= most then return math.max(1, redis.call('PTTL', starts)) end
if redis.call('INCR', starts) == 1 then redis.call('PEXPIRE', starts, within) end
return 0
