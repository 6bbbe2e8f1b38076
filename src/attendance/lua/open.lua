#!lua
-- Begin the record of an appointment with its first entry. A repeat changes nothing.
-- KEYS 1–7 of a record (record.lua)   8 ofJobseeker zset, 9 ofAdvisor zset appointment -> begin of its window (ms)
--      10 erased zset of whom nothing is made (store/fence.ts)
-- ARGV 1 jobseeker   2 advisor   3 from, 4 until (ms)   5 now (ms)   6 … as `add` (record.lua) takes it
-- Returns { 'opened' }, { 'known', n, hash } of the record that there is, or { 'erased' }.
local ofJobseeker, ofAdvisor, fence = KEYS[8], KEYS[9], KEYS[10]
local jobseeker, advisor, from, till, now, appointment = unpack(ARGV)

local n, hash = unpack(redis.call('HMGET', record, 'n', 'hash'))
if n then return { 'known', n, hash } end
for _, person in ipairs({ jobseeker, advisor }) do
  local fenced = redis.call('ZSCORE', fence, person)
  if fenced and tonumber(fenced) > tonumber(now) then return { 'erased' } end
end
redis.call('HSET', record, 'jobseeker', jobseeker, 'advisor', advisor, 'from', from, 'until', till)
add(ARGV, 6)
redis.call('ZADD', ofJobseeker, from, appointment)
redis.call('ZADD', ofAdvisor, from, appointment)
return { 'opened' }
