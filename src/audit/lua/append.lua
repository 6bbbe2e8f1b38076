#!lua
-- Append a batch of entries to the audit log of a region, once, and trim what is older than the retention.
-- The writer has numbered and hashed them after the tip it knows: if the log has gone on, it must do so anew.
-- KEYS 1 log    stream, ids given by Redis, fields e (entry), h (hash)
--      2 tip    hash: n, h of the newest entry
--      3 writer string: number of the last batch of this writer
-- ARGV 1 n and 2 h of the tip the writer knows   3 number of the batch   4 retention (ms)
--      5 ms a writer is remembered   6 n after the batch   7 … entry, hash, entry, hash …
-- Returns { 'stored' }, also for a batch stored before, or { 'moved', n, h } with the tip as it is.
local log, tip, writer = unpack(KEYS)
local n, hash, batch, retention, remember, last = unpack(ARGV)

if tonumber(redis.call('GET', writer) or 0) >= tonumber(batch) then return { 'stored' } end

local stored = redis.call('HMGET', tip, 'n', 'h')
local nowN, nowHash = stored[1] or '0', stored[2] or ''
if nowN ~= n or nowHash ~= hash then return { 'moved', nowN, nowHash } end

for i = 7, #ARGV, 2 do
  redis.call('XADD', log, '*', 'e', ARGV[i], 'h', ARGV[i + 1])
end
redis.call('HSET', tip, 'n', last, 'h', ARGV[#ARGV])
redis.call('SET', writer, batch, 'PX', remember)
local oldest = tonumber(redis.call('TIME')[1]) * 1000 - tonumber(retention)
if oldest > 0 then redis.call('XTRIM', log, 'MINID', '~', string.format('%.0f', oldest)) end
return { 'stored' }
