#!lua
-- The jobseeker withdraws an open request. A repeat gives the same.
-- KEYS 1–10 queue.lua
-- ARGV 1 id   2 jobseeker   3 states that may become cancelled, separated by commas
-- Returns { 'ok', record }, { 'missing' } or { 'conflict', state }.
local id, jobseeker, allowed = unpack(ARGV)
local record = load(id)
if not record or record.callback.jobseeker ~= jobseeker then return { 'missing' } end
local callback = record.callback
if callback.state == 'cancelled' then return { 'ok', record.text } end
if not allows(allowed, callback.state) then return { 'conflict', callback.state } end

close(record, 'cancelled')
return done({ 'ok', save(record, jobseeker) })
