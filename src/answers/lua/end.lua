#!lua
-- The jobseeker waits no longer, or since another moment: whoever was alerted is told.
-- KEYS 1 alerts hash (keys.ts)   2 due zset channel -> when (ms)   3 feeds hash, 4 log stream, 5 nudge channel (store/lua/events.lua)
-- ARGV 1 channel   2 since when they waited (ms)   3 what people are told, JSON
-- Returns 1, or 0 when nobody was alerted of this.
local alerts, due, feeds, log, nudge = unpack(KEYS)
local channel, since, data = unpack(ARGV)

local mark, told = unpack(redis.call('HMGET', alerts, channel .. '/mark', channel .. '/told'))
if not mark or string.match(mark, '^%d+') ~= since then return 0 end
redis.call('HDEL', alerts, channel, channel .. '/mark', channel .. '/told')
redis.call('ZREM', due, channel)
for person in string.gmatch(told, '%S+') do feed(feeds, log, nudge, person, 'chat.answerDueEnded', data) end
return 1
