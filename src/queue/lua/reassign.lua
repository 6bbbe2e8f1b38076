#!lua
-- An open callback belongs into the queue of another advisor, at its old place.
-- KEYS 1–10 queue.lua
-- ARGV 1 id   2 by whom   3 to   4 their team or ''   5 reason   6 '1' to take it from who is in a call, else ''
--      7 times of its steps as JSON: the new advisor has their turn
-- Returns { 'ok', record }, { 'missing' } or { 'conflict', state }.
local id, by, to, team, reason, take, at = unpack(ARGV)
local record = load(id)
if not record then return { 'missing' } end
local callback, inner = record.callback, record.inner
if allows('done,unreachable,cancelled', callback.state) then return { 'conflict', callback.state } end
local stays = callback.state == 'active' and take ~= '1'
if callback.advisor == to and (stays or not callback.holder) and not next(inner.declined) then
  return { 'ok', record.text }
end

leave(record)
if not stays then unhold(record) end
forget_declines(record)
place(lists, aside(callback), false)
if callback.window then place(lists, window_place(callback), false) end
record.also = callback.advisor
callback.advisor, inner.team, inner.at = to, team, cjson.decode(at)
place(lists, aside(callback), '0')
if callback.window then place(lists, window_place(callback), '0') end
if not stays then line_up(record) end
return done({ 'ok', save(record, by, 'reassigned', reason) })
