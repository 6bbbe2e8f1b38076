#!lua
-- Everything about a jobseeker goes. A repeat finds nothing more.
-- KEYS 1 order zset id -> at     2 noted zset of jobseekers     3 log stream, 4 nudge channel (store/lua/events.lua)
--      5 … all other keys of the jobseeker
-- ARGV 1 jobseeker
-- Returns how many notes there were.
local order, noted, log, nudge = unpack(KEYS)
local jobseeker = ARGV[1]

local count = redis.call('ZCARD', order)
if redis.call('UNLINK', order, unpack(KEYS, 5)) == 0 then return 0 end
redis.call('ZREM', noted, jobseeker)
emit(log, nudge, 'fact', '-', 'notes.forgotten', '{"jobseeker":"' .. jobseeker .. '"}')
return count
