#!lua
-- The advisor who holds the lease takes the callback. A repeat with the same token gives the same.
-- KEYS 1–10 queue.lua   11 day hash
-- ARGV 1 id   2 advisor   3 token   4 states that may become active, separated by commas   5 longest call (ms)
-- Returns { 'ok', record }, { 'missing' }, { 'gone' } or { 'conflict', state }.
local id, advisor, token, allowed, longest = unpack(ARGV)
local record, refused = leased_to(load_plain(id), advisor, token)
if refused then return refused end
local callback, inner = record.callback, record.inner
if callback.state == 'active' then return { 'ok', record.text } end
if not allows(allowed, callback.state) then return { 'conflict', callback.state } end
if inner.leaseUntil <= now then return { 'gone' } end

callback.state, inner.acceptedAt, inner.leaseUntil = 'active', now, now + tonumber(longest)
redis.call('ZADD', due, inner.leaseUntil, 'l|' .. id)
count_taken(KEYS[11], record, advisor)
return { 'ok', save(record, advisor) }
