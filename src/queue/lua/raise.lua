#!lua
-- Another priority, and with it another place.
-- KEYS 1–10 queue.lua
-- ARGV 1 id   2 by whom   3 priority   4 what it is worth (ms)   5 reason
-- Returns { 'ok', record }, { 'missing' } or { 'conflict', state }.
local id, by, priority, bonus, reason = unpack(ARGV)
local record = load(id)
if not record then return { 'missing' } end
local callback, inner = record.callback, record.inner
if allows('done,unreachable,cancelled', callback.state) then return { 'conflict', callback.state } end
if callback.priority == tonumber(priority) then return { 'ok', record.text } end

local waiting = callback.state == 'waiting'
if waiting then leave(record) end
callback.priority, inner.bonus = tonumber(priority), tonumber(bonus)
if waiting then enter(record) end
return done({ 'ok', save(record, by, 'priority ' .. priority, reason) })
