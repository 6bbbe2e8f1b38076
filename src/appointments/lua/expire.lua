#!lua
-- Remove an appointment that was over before a moment.
-- KEYS 1–6 appointment.lua
-- ARGV 1 id   2 moment (ms)
-- Returns 1 if it went.
local record = load(ARGV[1])
if not record or record.appointment['until'] >= tonumber(ARGV[2]) then return 0 end
remove(record)
return 1
