#!lua flags=no-writes
-- What came into a channel after a position, with all read markers, as of one moment.
-- KEYS 1 messages stream, entry id <offset>-0     2 meta hash: epoch, last, @<person>
-- ARGV 1 epoch   2 offset   3 most messages to return, -1 to ask only for the newest one
-- Returns { meta as a flat list, 1 and entries in order, or 0 and the newest entry if any }.
local messages, meta = unpack(KEYS)
local epoch, since, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local fields = redis.call('HGETALL', meta)
local current, last = '', 0
for n = 1, #fields, 2 do
  if fields[n] == 'epoch' then current = fields[n + 1] end
  if fields[n] == 'last' then last = tonumber(fields[n + 1]) end
end
local missed = last - since
-- Nothing known of a channel that was empty is all of it.
if (epoch == current or (epoch == '' and since == 0)) and missed >= 0 and missed <= most then
  local entries = redis.call('XRANGE', messages, '(' .. string.format('%.0f', since) .. '-0', '+')
  -- What retention has removed cannot be told: a part is never told as the whole.
  if #entries == missed then return { fields, 1, entries } end
end
return { fields, 0, redis.call('XREVRANGE', messages, '+', '-', 'COUNT', 1) }
