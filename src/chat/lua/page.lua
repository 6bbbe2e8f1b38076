#!lua flags=no-writes
-- Read a page of a channel together with where the channel stands, as of one moment.
-- KEYS 1 messages list (message.lua)     2 meta hash: epoch, last, changes, first
-- ARGV 1 direction: 'newest', 'before' or 'after'   2 the offset of 'before' and 'after', any for 'newest'   3 limit
-- Returns { epoch or '', position, last offset, offset of the first message kept, offset of the first of the page, messages }.
local messages, meta = unpack(KEYS)
local direction, offset, limit = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local stand = redis.call('HMGET', meta, 'epoch', 'last', 'changes', 'first')
local last, first = tonumber(stand[2] or '0'), tonumber(stand[4] or '1')
local from, to
if direction == 'after' then
  from = math.max(offset + 1, first)
  to = math.min(last, from + limit - 1)
else
  to = direction == 'before' and math.min(offset - 1, last) or last
  from = math.max(to - limit + 1, first)
end
local found = from > to and {} or redis.call('LRANGE', messages, from - first, to - first)
return { stand[1] or '', last + tonumber(stand[3] or '0'), last, first, from, found }
