#!lua
-- Its time has come: to wait, to be open to more advisors, to have missed its window, or to have waited in vain for another
-- number.
-- KEYS 1–10 queue.lua
-- ARGV 1 id
-- Returns 1 if something has changed, else 0.
local id = ARGV[1]
local record = load(id)
if not record or (record.callback.state ~= 'waiting' and record.callback.state ~= 'scheduled') then
  place(due, 'w|' .. id, false)
  return done(0)
end
local callback, inner = record.callback, record.inner
if callback.state == 'scheduled' then
  if callback.readyAt > now then return 0 end
  if callback.needsNumber then
    close(record, 'unreachable')
    save(record, callback.advisor, 'no other number')
  else
    line_up(record)
    save(record, callback.advisor, 'due')
  end
  return done(1)
end
local missed = callback.window and not callback.windowMissed and callback.window['until'] <= now
if missed then callback.windowMissed = true end
local before = inner.entered
enter(record)
if not missed and inner.entered == before then return done(0) end
save(record, callback.advisor, missed and 'window missed' or 'open to ' .. callback.step)
return done(1)
