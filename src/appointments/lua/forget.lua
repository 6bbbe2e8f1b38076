#!lua
-- Forget an appointment, whatever has become of it: who had it in their calendar is told that it is cancelled.
-- KEYS 1–6 appointment.lua
-- ARGV 1 id   2 jobseeker
-- Returns 1 if it was there.
local id, jobseeker = unpack(ARGV)
local record = load(id)
if not record or record.appointment.jobseeker ~= jobseeker then return 0 end
local one = record.appointment
if changeable(one) then
  one.state, one.sequence = 'cancelled', one.sequence + 1
  save(record, { is = 'cancelled', by = jobseeker }, '')
end
remove(record)
return 1
