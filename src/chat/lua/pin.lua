#!lua
-- Pin a message, or take the pin off. A repeat, and what is so already, changes nothing.
-- KEYS 1 messages list   2 meta hash   3 changes zset   4 published, 5 of the neighbouring period: hashes
--      6 pins zset offset -> when (ms)   7 log stream   8 nudge channel
-- ARGV 1 key   2 offset   3 '1' to pin, '0' to take it off   4 now (ms)   5 channel   6 ms a period of keys is kept   7 most pins
-- Returns { 'changed', epoch, position }, or { 'missing' }, { 'deleted' }, { 'full' }.
local messages, meta, changes, published, neighbour, pins, log, nudge = unpack(KEYS)
local key, offset, pinned, now, channel, keep, most = unpack(ARGV)
offset = tonumber(offset)

local before = repeated(meta, published, neighbour, key)
if before then return before end
local found, why = changeable(messages, meta, offset)
if not found then return { why } end
local message = found.message
if (message[5].pinned == true) == (pinned == '1') then return { 'changed', found.epoch, found.position - 1 } end
if pinned == '1' then
  if redis.call('ZCARD', pins) >= tonumber(most) then return { 'full' } end
  redis.call('ZADD', pins, now, whole(offset))
  message[5].pinned = true
else
  redis.call('ZREM', pins, whole(offset))
  message[5].pinned = nil
end
return change({ messages = messages, meta = meta, changes = changes, published = published, log = log, nudge = nudge },
  channel, offset, key, keep, found)
