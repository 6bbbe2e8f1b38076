#!lua
-- Pin a message, or take the pin off. A repeat, and what is so already, changes nothing; it is remembered nevertheless, for
-- a copy that comes late must not undo what came between.
-- KEYS 1 messages list   2 meta hash   3 changes zset   4 published, 5 of the neighbouring period: hashes
--      6 pins zset offset -> when (ms)   7 log stream   8 nudge channel
-- ARGV 1 key   2 who   3 offset   4 '1' to pin, '0' to take it off   5 now (ms)   6 channel   7 ms a period of keys is kept
--      8 most pins
-- Returns { 'changed', epoch, position }, or { 'missing' }, { 'deleted' }, { 'full' }.
local messages, meta, changes, published, neighbour, pins, log, nudge = unpack(KEYS)
local key, who, offset, pinned, now, channel, keep, most = unpack(ARGV)
offset = tonumber(offset)

local field = fieldOf('p', key, who)
local before = repeated(meta, published, neighbour, field)
if before then return before end
local found, why = changeable(messages, meta, offset)
if not found then return { why } end
local message = found.message
if (message[5].pinned == true) == (pinned == '1') then
  remember(published, field, whole(offset) .. ' ' .. whole(found.position - 1), keep)
  return { 'changed', found.epoch, found.position - 1 }
end
if pinned == '1' then
  if redis.call('ZCARD', pins) >= tonumber(most) then return { 'full' } end
  redis.call('ZADD', pins, now, whole(offset))
  message[5].pinned = true
else
  redis.call('ZREM', pins, whole(offset))
  message[5].pinned = nil
end
return change({ messages = messages, meta = meta, changes = changes, published = published, log = log, nudge = nudge },
  channel, offset, field, keep, found)
