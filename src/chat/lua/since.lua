#!lua flags=no-writes
-- What happened in a channel after a position, with what a list shows of it, as of one moment.
-- KEYS 1 messages list (message.lua)   2 meta hash   3 changes zset "<position> <offset>" -> position   4 uncounted zset
-- ARGV 1 epoch   2 position   3 most events to return, -1 to ask only for the newest message   4 channel   5 person who asks
--      6 '1': with more events than that, or of another epoch, the first ones, rather than only the newest message
-- Returns { meta as a flat list, unread messages of the person, 1 and events { position, offset, message, n }, or 0 and the
-- newest message, if any, as the only one }. The message of a change is what has become of it; 'n' is 1 for a change, 2 for
-- one of a message that was taken away since, which has none.
local messages, meta, changes, uncounted = unpack(KEYS)
local epoch, since, most, channel, person, part = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6] == '1'

local flat = redis.call('HGETALL', meta)
local stand, side = {}, 0
for n = 1, #flat, 2 do
  stand[flat[n]] = flat[n + 1]
  -- Who is new on the advisor's side need not read again what the others have.
  if string.sub(flat[n], 1, 1) == '@' and flat[n] ~= '@' .. channel then side = math.max(side, tonumber(flat[n + 1])) end
end
local current, last, first = stand.epoch or '', tonumber(stand.last or '0'), tonumber(stand.first or '1')
local stands = last + tonumber(stand.changes or '0')

local read = tonumber(stand['@' .. person] or (person == channel and '0' or tostring(side)))
local marked = stand['~' .. person]
local from = math.max(marked and math.min(read, tonumber(marked) - 1) or read, first - 1)
local unread = from >= last and 0 or last - from - redis.call('ZCOUNT', uncounted, from + 1, '+inf')

-- Nothing known of a channel that was empty is all of it.
local comparable = epoch == current or (epoch == '' and since == 0)
if part and (not comparable or since > stands) then since, comparable = 0, true end
local later = comparable and redis.call('ZCOUNT', changes, '(' .. string.format('%.0f', since), '+inf') or 0
-- So many messages lie before the position.
local told = since - (tonumber(stand.changes or '0') - later)
local all = stands - since <= most and (told + 1 >= first or told == last)
if comparable and since <= stands and most >= 0 and (all or part) then
  local range = { changes, '(' .. string.format('%.0f', since), '+inf', 'LIMIT', 0, most }
  local changed = later > 0 and redis.call('ZRANGEBYSCORE', unpack(range)) or {}
  local begin = math.max(told + 1, first)
  local fresh = begin > last and {} or redis.call('LRANGE', messages, begin - first, math.min(last, begin + most - 1) - first)
  local events, position, nextChange, offset = {}, since, 1, told
  while position < stands and #events < most do
    position = position + 1
    local at, target = string.match(changed[nextChange] or '', '^(%d+) (%d+)$')
    if tonumber(at) == position then
      nextChange = nextChange + 1
      local index = tonumber(target) - first
      local message = index >= 0 and redis.call('LINDEX', messages, index)
      -- What became of a message that is gone by now: nothing can be told but that. No position is left out.
      events[#events + 1] = message and { position, tonumber(target), message, 1 } or { position, tonumber(target), '', 2 }
    else
      offset = offset + 1
      if offset >= first then events[#events + 1] = { position, offset, fresh[offset - begin + 1], 0 } end
    end
  end
  return { flat, unread, 1, events, position }
end
local newest = last >= first and last > 0 and redis.call('LINDEX', messages, -1)
return { flat, unread, 0, newest and { { stands, last, newest, 0 } } or {}, stands }
