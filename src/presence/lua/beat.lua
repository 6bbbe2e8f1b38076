#!lua
-- A node is alive.
-- KEYS 1 beats zset node -> time of its last beat (ms, Redis's clock)
-- ARGV 1 node   2 silence after which a node is dead (ms)
-- Returns { 1 if the others have given this node up since its last beat, ms since its last beat or -1, dead nodes … }.
local beats = KEYS[1]
local node, silence = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local before = redis.call('ZSCORE', beats, node)
redis.call('ZADD', beats, now, node)
local answer = { before and 0 or 1, before and now - tonumber(before) or -1 }
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', beats, '-inf', now - silence)) do answer[#answer + 1] = dead end
return answer
