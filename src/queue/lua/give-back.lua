#!lua
-- What an advisor holds goes back to its place in line. A call in which the jobseeker was reached is done instead: they are
-- not called again because somebody forgot to end it.
-- KEYS 1–10 queue.lua
-- ARGV 1 id   2 why: 'expired' (only if the lease is over, of an offer or of a call: the advisor is away), 'released' (an
--      offer only) or 'gone' (both)   3 whose it is to be, or '' for anybody's
-- Returns 1 if it went back, 0 if there was nothing to do.
local id, why, whose = unpack(ARGV)
local record = load(id)
if not record then return 0 end
local callback, inner = record.callback, record.inner
local called = callback.state == 'active'
if callback.state ~= 'offered' and not (called and why ~= 'released') then return 0 end
if whose ~= '' and callback.holder.id ~= whose then return 0 end
if why == 'expired' and inner.leaseUntil > now then return 0 end

local ended = called and inner.reached == inner.token
local holder, desk = unhold(record)
if why == 'expired' then
  if not called then callback.missedOffers = callback.missedOffers + 1 end
  if desk.state == 'ready' then move_desk(holder, desk, 'away', nil, true) end
end
if ended then
  close(record, 'done')
  -- What comes later is refused, and not taken for a repeat.
  inner.leasedTo = ''
else
  line_up(record)
end
save(record, holder, called and why == 'expired' and 'never ended' or why)
return done(1)
