#!lua
-- An offer that was not accepted goes back to its place in line.
-- KEYS 1–10 queue.lua
-- ARGV 1 id   2 why: 'expired' (only if the lease is over: counts as missed, and the advisor is away) or 'released'
--      3 whose offer it is to be, or '' for anybody's
-- Returns 1 if it went back, 0 if there was nothing to do.
local id, why, whose = unpack(ARGV)
local record = load(id)
if not record or record.callback.state ~= 'offered' then return 0 end
local callback = record.callback
if whose ~= '' and callback.holder.id ~= whose then return 0 end
if why == 'expired' and record.inner.leaseUntil > now then return 0 end

local holder, desk = unhold(record)
if why == 'expired' then
  callback.missedOffers = callback.missedOffers + 1
  if desk.state == 'ready' then move_desk(holder, desk, 'away', nil, true) end
end
line_up(record)
save(record, holder, why)
return 1
