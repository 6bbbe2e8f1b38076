#!lua
-- An offer is given back on purpose: it keeps its place, and this advisor is not offered it again for now (decline.ts).
-- KEYS 1–10 queue.lua
-- ARGV 1 id   2 advisor   3 token   4 reason   5 when declines fall away if everybody has declined (ms)   6 … in any case (ms)
-- Returns { 'ok', record }, { 'missing' }, { 'gone' } or { 'conflict', state }.
local id, advisor, token, reason, ends, latest = unpack(ARGV)
local record, refused = leased_to(load(id), advisor, token)
-- A repeat.
if record and record.inner.declined[advisor] == tonumber(token) then return { 'ok', record.text } end
if refused then return refused end
local callback, inner = record.callback, record.inner
if callback.state ~= 'offered' then return { 'conflict', callback.state } end
if inner.leaseUntil <= now then return { 'gone' } end

unhold(record)
inner.declined[advisor], inner.again = inner.token, { ['until'] = tonumber(ends), latest = tonumber(latest) }
put(marks, 'declined|' .. id .. '|' .. advisor, inner.token)
callback.declines = callback.declines + 1
line_up(record)
look_at_declines(record)
return done({ 'ok', save(record, advisor, 'declined: ' .. reason) })
