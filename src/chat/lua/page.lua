#!lua flags=no-writes
-- Read a page of a channel together with where the channel stands, as of one moment.
-- KEYS 1 messages stream, entry id <offset>-0     2 meta hash: epoch, last
-- ARGV 1 direction: 'newest', 'before' or 'after'   2 the offset of 'before' and 'after', any for 'newest'   3 limit
-- Returns { epoch or '', last offset, entries in the order read, { id, fields } each }.
local messages, meta = unpack(KEYS)
local direction, offset, limit = unpack(ARGV)

local epoch, last = unpack(redis.call('HMGET', meta, 'epoch', 'last'))
local entries
if direction == 'newest' then
  entries = redis.call('XREVRANGE', messages, '+', '-', 'COUNT', limit)
elseif direction == 'before' then
  -- Without '(': Redis refuses an interval that ends before 0-0, and every entry has the sequence 0.
  entries = redis.call('XREVRANGE', messages, string.format('%.0f', math.max(tonumber(offset) - 1, 0)), '-', 'COUNT', limit)
else
  entries = redis.call('XRANGE', messages, '(' .. offset .. '-0', '+', 'COUNT', limit)
end
return { epoch or '', tonumber(last or '0'), entries }
