#!lua
-- Count what one party says of one talk, once.
-- KEYS 1 counts hash <week>/<measure> -> number    2 answered string key of the act that did
-- ARGV 1 week   2 key of the act   3 ms it is remembered   4 … measures
-- Returns 'counted', 'repeated' (by the same key: nothing changes), or 'answered' (by another).
local counts, answered = unpack(KEYS)
local week, act, remember = unpack(ARGV)

local before = redis.call('GET', answered)
if before then return before == act and 'repeated' or 'answered' end
redis.call('SET', answered, act, 'PX', remember)
for n = 4, #ARGV do redis.call('HINCRBY', counts, week .. '/' .. ARGV[n], 1) end
return 'counted'
