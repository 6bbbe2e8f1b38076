#!lua
-- Forget a callback, whatever has become of it. A repeat changes nothing.
-- KEYS 1–10 queue.lua
-- ARGV 1 id   2 jobseeker
-- Returns 1 if it was there.
local id, jobseeker = unpack(ARGV)
local record = load(id)
if not record or record.callback.jobseeker ~= jobseeker then return 0 end
if not allows('done,unreachable,cancelled', record.callback.state) then close(record, 'cancelled') end
remove(record)
return done(1)
