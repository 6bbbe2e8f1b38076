#!lua
-- What the jobseeker has written up to an offset needs no answer, such as thanks.
-- KEYS 1 messages list   2 meta hash: last, settled and those of wait.lua   3 open zset channel -> when to look at its clock (ms)
--      4 log stream   5 nudge channel
-- ARGV 1 channel   2 offset   3 now (ms)
local messages, meta, open, log, nudge = unpack(KEYS)
local channel, now = ARGV[1], ARGV[3]

local last, before = unpack(redis.call('HMGET', meta, 'last', 'settled'))
local settled = math.min(tonumber(ARGV[2]), tonumber(last or '0'))
if settled <= tonumber(before or '0') then return end
redis.call('HSET', meta, 'settled', whole(settled))
moveWait({ messages = messages, meta = meta, open = open, log = log, nudge = nudge }, channel, now)
