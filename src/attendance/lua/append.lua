#!lua
-- Add entries to a record, each act once, if its head is still the one they were chained to. O(entries added).
-- KEYS 1–7 of a record (record.lua)   8 ofJobseeker zset, 9 ofAdvisor zset appointment -> begin of its window (ms)
-- ARGV 1 n, 2 hash of the head they were chained to   3 from, 4 until of a new window (ms), '' without one   5 … as `add` takes it
-- Returns { 'appended' }, { 'moved' } (the head is another one), { 'known', act, n … } (of acts done before), or { 'missing' }.
local ofJobseeker, ofAdvisor = KEYS[8], KEYS[9]
local n, hash, from, till, appointment = unpack(ARGV)
local count, firstAct = tonumber(ARGV[13]), 14

local nowN, nowHash = unpack(redis.call('HMGET', record, 'n', 'hash'))
if not nowN then return { 'missing' } end
local known = { 'known' }
for i = 0, count - 1 do
  local act = ARGV[firstAct + 3 * i]
  local made = redis.call('HGET', record, 'act/' .. act)
  if made then
    known[#known + 1] = act
    known[#known + 1] = made
  end
end
if #known > 1 then return known end
if nowN ~= n or nowHash ~= hash then return { 'moved' } end

if from ~= '' then
  redis.call('HSET', record, 'from', from, 'until', till)
  local jobseeker, advisor = unpack(redis.call('HMGET', record, 'jobseeker', 'advisor'))
  if jobseeker then redis.call('ZADD', ofJobseeker, from, appointment) end
  if advisor then redis.call('ZADD', ofAdvisor, from, appointment) end
end
add(ARGV, 5)
return { 'appended' }
