#!lua flags=no-writes
-- What came into a channel after a position, with all read markers, as of one moment.
-- KEYS 1 messages stream, entry id <offset>-0     2 meta hash: epoch, last     3 read hash: person -> offset
-- ARGV 1 epoch, '' to ask only for the newest message   2 offset   3 most messages to return
-- Returns { epoch or '', last offset, markers as a flat list, 1 and entries in order, or 0 and the newest entry if any }.
local messages, meta, read = unpack(KEYS)
local epoch, since, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local current, last = unpack(redis.call('HMGET', meta, 'epoch', 'last'))
current, last = current or '', tonumber(last or '0')
local markers = redis.call('HGETALL', read)
local missed = last - since
-- Nothing known of a channel that was empty is all of it.
if (epoch == current or (epoch == '' and since == 0)) and missed >= 0 and missed <= most then
  local entries = redis.call('XRANGE', messages, '(' .. string.format('%.0f', since) .. '-0', '+')
  -- What retention has removed cannot be told: a part is never told as the whole.
  if #entries == missed then return { current, last, markers, 1, entries } end
end
return { current, last, markers, 0, redis.call('XREVRANGE', messages, '+', '-', 'COUNT', 1) }
