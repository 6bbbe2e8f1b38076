#!lua
-- Another time, length or place for a booked appointment, if everybody who is needed is free. A repeat gives the same.
-- KEYS 1–6 appointment.lua   7 acted string: that this was done
-- ARGV 1 id   2 by whom   3 from, 4 until (ms)   5 modality   6 reason   7 advisors who must be free, separated by commas
--      8 until when its advisor is busy (ms)   9 who else is told, separated by commas   10 ms a key is remembered
-- Returns { 'ok', record }, { 'missing' }, { 'ended' }, { 'past' } or { 'taken', 'advisor' | 'jobseeker' }.
local acted = KEYS[7]
local id, by, from, ends, modality, reason, hosts, busy, also, remember = unpack(ARGV)
local record = load(id)
if not record then return { 'missing' } end
if redis.call('EXISTS', acted) == 1 then return { 'ok', record.text } end
local one, inner = record.appointment, record.inner
if not changeable(one) then return { 'ended' } end
from, ends = tonumber(from), tonumber(ends)
-- One that has begun may still get another place or length.
if from <= now and from ~= one.from then return { 'past' } end

leave(record)
local before = { from = one.from, ends = one['until'], busy = inner.busyUntil }
one.from, one['until'], inner.busyUntil = from, ends, tonumber(busy)
local taken = taken_by(record, hosts)
if taken then
  one.from, one['until'], inner.busyUntil = before.from, before.ends, before.busy
  enter(record)
  return { 'taken', taken }
end
if modality ~= one.modality then one.turned, inner.turned = nil, nil end
one.modality, one.clash, one.sequence = modality, nil, one.sequence + 1
redis.call('SET', acted, id, 'PX', remember)
enter(record)
local entry = { is = 'moved', by = by, from = from, ['until'] = ends, modality = modality, reason = reason }
return { 'ok', save(record, entry, also) }
