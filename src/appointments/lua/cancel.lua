#!lua
-- Cancel a booked appointment that is not over. A repeat gives the same.
-- KEYS 1–6 appointment.lua   7 acted string: that this was done
-- ARGV 1 id   2 by whom   3 reason   4 who else is told, separated by commas   5 ms a key is remembered
-- Returns { 'ok', record }, { 'missing' } or { 'ended' }.
local acted = KEYS[7]
local id, by, reason, also, remember = unpack(ARGV)
local record = load(id)
if not record then return { 'missing' } end
if redis.call('EXISTS', acted) == 1 then return { 'ok', record.text } end
local one = record.appointment
if not changeable(one) then return { 'ended' } end

local of_advisor, of_jobseeker = places(record)
redis.call('ZREM', lists, of_advisor, of_jobseeker)
one.state, one.clash, one.sequence = 'cancelled', nil, one.sequence + 1
redis.call('SET', acted, id, 'PX', remember)
return { 'ok', save(record, { is = 'cancelled', by = by, reason = reason }, also) }
