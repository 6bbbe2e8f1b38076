#!lua
-- A step has failed: whoever comes first after a while tries again.
-- KEYS 1 processes hash id -> JSON    2 due zset id -> when it may be taken (ms)
-- ARGV 1 id   2 token   3 wait (ms)
-- Returns 1, or 0 when somebody else has taken the process.
local processes, due = unpack(KEYS)
local id, token, wait = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local stored = redis.call('HGET', processes, id)
if not stored then return 0 end
local process = cjson.decode(stored)
if process.token ~= token then return 0 end
process.attempts = process.attempts + 1
redis.call('HSET', processes, id, cjson.encode(process))
redis.call('ZADD', due, now + wait, id)
return 1
