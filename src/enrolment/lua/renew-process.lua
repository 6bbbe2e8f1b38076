#!lua
-- A step takes its time: the process stays with its node.
-- KEYS 1 processes hash id -> JSON    2 due zset id -> when it may be taken (ms)
-- ARGV 1 id   2 token   3 lease (ms)
-- Returns 1, or 0 when somebody else has taken the process.
local processes, due = unpack(KEYS)
local id, token, lease = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local stored = redis.call('HGET', processes, id)
if not stored or cjson.decode(stored).token ~= token then return 0 end
redis.call('ZADD', due, now + lease, id)
return 1
