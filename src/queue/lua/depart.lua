#!lua
-- The grace of an advisor who is gone is over.
-- KEYS 1–10 queue.lua
-- ARGV 1 advisor   2 '1' to end the grace at once, else ''
--      3 '1' for what they have accepted as well: they will not come back
-- Returns the ids of what is offered to them, to be given back; or nil when they are here.
local advisor, at_once, for_good = unpack(ARGV)
local over = tonumber(redis.call('ZSCORE', due, 'g|' .. advisor) or 'inf') <= now
if not over and at_once ~= '1' then return nil end
place(due, 'g|' .. advisor, false)
local held = {}
local desk = desk_of(advisor)
for id, since in pairs(desk.work) do if for_good == '1' or is_offered(id, since) then held[#held + 1] = id end end
if over then move_desk(advisor, desk, 'offline') end
return done(held)
