#!lua flags=no-writes
-- What came into a personal feed after a position, or only where it stands if that cannot be told whole.
-- KEYS 1 feeds hash: <person> -> last offset, <person>/epoch, <person>/<offset> -> frame
-- ARGV 1 person   2 epoch   3 offset   4 most entries to return, -1 to ask only where it stands
-- Returns { epoch or '', last offset, 1 and the frames in order, or 0 }.
local feeds = KEYS[1]
local person, epoch, since, most = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])

local last, current = unpack(redis.call('HMGET', feeds, person, person .. '/epoch'))
last, current = tonumber(last or '0'), current or ''
local missed = last - since
-- Nothing known of a feed that was empty is all of it.
local comparable = epoch == current or (epoch == '' and since == 0)
if not comparable or missed < 0 or missed > most then return { current, last, 0 } end
local answer = { current, last, 1 }
for n = since + 1, last do
  local frame = redis.call('HGET', feeds, person .. '/' .. string.format('%.0f', n))
  -- Older entries are dropped: a part is never told as the whole.
  if not frame then return { current, last, 0 } end
  answer[#answer + 1] = frame
end
return answer
