-- The advisor who holds the lease takes the callback. A repeat with the same token gives the same. An act of acts.lua.
-- args, from one on: id   advisor   token   longest call (ms)
-- Returns { 'ok', record }, { 'missing' }, { 'gone' } or { 'conflict', state }.
local TO_ACTIVE = ARGV[1]

local function accept(day, args, from)
  local id, advisor, token, longest = unpack(args, from, from + 3)
  local record, refused = leased_to(load_plain(id), advisor, token)
  if refused then return refused end
  local callback, inner = record.callback, record.inner
  if callback.state == 'active' then return { 'ok', record.text } end
  if not allows(TO_ACTIVE, callback.state) then return { 'conflict', callback.state } end
  if inner.leaseUntil <= now then return { 'gone' } end

  callback.state, inner.acceptedAt, inner.leaseUntil = 'active', now, now + tonumber(longest)
  place(due, 'l|' .. id, inner.leaseUntil)
  count_taken(day, record, advisor)
  return { 'ok', save(record, advisor) }
end
