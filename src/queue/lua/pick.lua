#!lua
-- An advisor takes a waiting callback from the list: of several who do, the first.
-- KEYS 1–10 queue.lua   11 day hash
-- ARGV 1 id   2 advisor   3 name   4 most in work at once   5 longest call (ms)   6, 7 … lines from which they may take
-- Returns { 'ok', record }, { 'missing' }, { 'conflict', state } or { 'busy' } when they hold as many as they may.
local id, advisor, name, limit, longest = unpack(ARGV, 1, 5)
local record = load(id)
if not record then return { 'missing' } end
local callback, inner = record.callback, record.inner
if callback.state ~= 'waiting' then return { 'conflict', callback.state } end
local may = {}
for n = 6, #ARGV do may[ARGV[n]] = true end
local reachable
for n = 1, inner.entered do
  local _, line = member(record, n)
  reachable = reachable or may[line]
end
if not reachable then return { 'missing' } end
local desk = desk_of(advisor)
local holds = 0
for _ in pairs(desk.work) do holds = holds + 1 end
if holds >= tonumber(limit) then return { 'busy' } end

leave(record)
inner.token, inner.leasedTo, inner.acceptedAt, inner.leaseUntil = inner.token + 1, advisor, now, now + tonumber(longest)
place(due, 'l|' .. id, inner.leaseUntil)
callback.state, callback.holder = 'active', { id = advisor, name = name }
desk.work[id], desk.name = 'active', name
keep_desk(advisor, desk)
count_taken(KEYS[11], record, advisor)
return done({ 'ok', save(record, advisor, 'picked') })
