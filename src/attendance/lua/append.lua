#!lua
-- Add entries to a record, each act once, if its head is still the one they were chained to. O(entries added).
-- KEYS 1–7 of a record (record.lua)   8 ofJobseeker zset, 9 ofAdvisor zset appointment -> begin of its window (ms)
--      10 of the advisor whose it is from then on; the same as 9 when that does not change
--      11, 12 toConfirm zset of both appointment -> begin of its window (ms): those that wait for a person
-- ARGV 1 n, 2 hash of the head they were chained to   3 from, 4 until of a new window (ms), '' without one
--      5 the advisor whose it is from then on, or ''   6 … as `add` takes it
-- Returns { 'appended' }, { 'moved' } (the head is another one), { 'known', act, n … } (of acts done before), or { 'missing' }.
local ofJobseeker, ofAdvisor, ofCarried, toConfirm, toConfirmCarried = unpack(KEYS, 8, 12)
local n, hash, from, till, carriedTo, appointment = unpack(ARGV)
local count, firstAct = tonumber(ARGV[15]), 16

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
if carriedTo ~= '' then
  local begin = redis.call('HGET', record, 'from')
  redis.call('ZREM', ofAdvisor, appointment)
  redis.call('HSET', record, 'advisor', carriedTo)
  redis.call('ZADD', ofCarried, begin, appointment)
end
add(ARGV, 6)

-- Which verdict stands: the newest of them.
local verdict = ''
for i = 0, count - 1 do
  local kept = ARGV[firstAct + 3 * i + 2]
  if kept ~= '' then verdict = kept end
end
local advisor, begin = unpack(redis.call('HMGET', record, 'advisor', 'from'))
if advisor and (verdict ~= '' or from ~= '' or carriedTo ~= '') then
  local waited = redis.call('ZREM', toConfirm, appointment) == 1
  local waits = verdict == '' and waited or verdict == 'verdictProposed' or verdict == 'contested'
  if waits then redis.call('ZADD', toConfirmCarried, begin, appointment) end
end
return { 'appended' }
