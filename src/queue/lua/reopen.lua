#!lua
-- A request that somebody declined: has everybody by now, and is it time to ask them again (decline.ts)? Its place stays. It
-- costs as much as those who declined it, and those without the skill, until somebody is found who may take it.
-- KEYS 1–10 queue.lua
-- ARGV 1 id
-- Returns 1 if it is open again to those who declined, else 0.
local id = ARGV[1]
local record = load(id)
if not record or not next(record.inner.declined) then
  place(due, 'd|' .. id, false)
  return done(0)
end
local callback, inner = record.callback, record.inner
if callback.state == 'waiting' then
  local before = inner.refused
  judge(record)
  if now >= inner.again.latest or (inner.refused and now >= inner.again['until']) then
    forget_declines(record)
    save(record, callback.advisor, 'open again')
    return done(1)
  end
  -- For the board only: to everybody else nothing has changed.
  if inner.refused ~= before then
    put(records, id, cjson.encode(callback) .. '\n' .. cjson.encode(inner))
  end
end
look_at_declines(record)
return done(0)
