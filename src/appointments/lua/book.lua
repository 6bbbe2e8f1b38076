#!lua
-- Make an appointment, if everybody who is needed is free. A repeat gives the same.
-- KEYS 1–6 appointment.lua   7 acted string: the id that this key was answered with
--      8 erased zset of whom nothing is made (store/fence.ts)
-- ARGV 1 appointment as JSON without what is added here   2 advisors who must be free, separated by commas
--      3 until when its advisor is busy (ms)   4 most appointments ahead of the jobseeker, 0: any
--      5 who else is told, separated by commas   6 ms a key is remembered
-- Returns { 'created' | 'existing', record }, { 'taken', 'advisor' | 'jobseeker' }, { 'past' }, { 'many' }, or { 'erased' }.
local acted, erased = KEYS[7], KEYS[8]
local one, hosts, busy, most, also, remember = cjson.decode(ARGV[1]), unpack(ARGV, 2)

local earlier = redis.call('GET', acted)
if earlier then
  local text = redis.call('HGET', records, earlier)
  return text and { 'existing', text } or { 'erased' }
end
if redis.call('ZSCORE', erased, one.jobseeker) then return { 'erased' } end
if one.from <= now then return { 'past' } end
local ahead = 'o|' .. one.jobseeker .. '|'
most = tonumber(most)
if most > 0 and redis.call('ZLEXCOUNT', lists, '[' .. ahead .. padded(now), '(o|' .. one.jobseeker .. '}') >= most then
  return { 'many' }
end
local record = { appointment = one, inner = { steps = 0, told = 0, busyUntil = tonumber(busy), mails = {}, waits = 0 } }
local taken = taken_by(record, hosts)
if taken then return { 'taken', taken } end

one.state, one.sequence, one.madeAt, one.changedAt = 'booked', 0, now, 0
redis.call('SET', acted, one.id, 'PX', remember)
enter(record)
local entry = { is = 'made', by = one.madeBy, from = one.from, ['until'] = one['until'], modality = one.modality, advisor = one.advisor }
return { 'created', save(record, entry, also) }
