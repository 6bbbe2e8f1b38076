#!lua
-- Remove a request that ended before a moment, with its history. An open one stays.
-- KEYS 1–10 queue.lua
-- ARGV 1 id   2 the moment (ms)
-- Returns 1 if it went.
local id, before = ARGV[1], tonumber(ARGV[2])
local record = load(id)
if not record or not allows('done,unreachable,cancelled', record.callback.state) then return 0 end
if record.callback.changedAt >= before then return 0 end
remove(record)
return done(1)
