#!lua
-- A booked appointment that lies ahead is with another advisor from now on. One who is not free then has it all the same, as
-- a clash that needs another time: whose it is does not depend on a calendar. A repeat changes nothing.
-- KEYS 1–6 appointment.lua
-- ARGV 1 id   2 by whom   3 the advisor   4 advisors who must be free, separated by commas   5 who else is told, the same
-- Returns { 'ok', record }, { 'missing' } or { 'ended' }.
local id, by, to, hosts, also = unpack(ARGV)
local record = load(id)
if not record then return { 'missing' } end
local one = record.appointment
if one.state ~= 'booked' or one.from <= now then return { 'ended' } end
if one.advisor == to then return { 'ok', record.text } end

leave(record)
record.former, one.advisor, one.sequence = one.advisor, to, one.sequence + 1
one.clash = taken_by(record, hosts) == 'advisor' or nil
enter(record)
return { 'ok', save(record, { is = 'carried', by = by, advisor = to, former = record.former }, also) }
