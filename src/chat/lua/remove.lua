#!lua
-- Delete a message: its place stays, its words are gone, the earlier ones too.
-- KEYS 1 messages list   2 meta hash   3 changes zset   4 published, 5 of the neighbouring period: hashes
--      6 versions hash   7 uncounted zset   8 pins zset   9 dropped set of <channel>/<attachment>
--      10 open zset channel -> when to look at its clock (ms)   11 unread zset channel -> when to look
--      whether it was read (ms)   12 log stream   13 nudge channel
-- ARGV 1 key   2 who   3 offset   4 now (ms)   5 channel   6 ms a period of keys is kept
-- Returns { 'changed', epoch, position }, or { 'missing' }, { 'deleted' }, { 'foreign' }.
local messages, meta, changes, published, neighbour, versions, uncounted, pins, dropped, open, unread, log, nudge =
  unpack(KEYS)
local key, who, offset, now, channel, keep = unpack(ARGV)
offset = tonumber(offset)

local field = fieldOf('d', key, who)
local before = repeated(meta, published, neighbour, field)
if before then return before end
local found, why = changeable(messages, meta, offset)
if not found then return { why } end
local message = found.message
if message[2] ~= who then return { 'foreign' } end
for _, attachment in ipairs(message[5].attachments or {}) do
  redis.call('SADD', dropped, channel .. '/' .. attachment.id)
end
message[4] = ''
message[5] = { deletedAt = tonumber(now), replyTo = message[5].replyTo }
redis.call('HDEL', versions, whole(offset))
redis.call('ZREM', pins, whole(offset))
redis.call('ZADD', uncounted, offset, whole(offset))
local keys = {
  messages = messages, meta = meta, changes = changes, published = published, open = open, log = log, nudge = nudge,
}
if redis.call('HGET', meta, 'watched') == 'reminded' then redis.call('ZADD', unread, 0, channel) end
local changed = change(keys, channel, offset, field, keep, found)
-- Of the jobseeker's own messages only the first that waits for an answer matters to the clock.
if who ~= channel or redis.call('HGET', meta, 'since') == whole(message[3]) then moveWait(keys, channel, now) end
return changed
