#!lua
-- Move a person's read marker forward, never back and never beyond the newest message.
-- To look again at what is read already ends a mark as unread too, once per key: a copy of it that comes late, when it was
-- marked once more, must not. One that moves the marker needs no key: a copy of it does not.
-- KEYS 1 meta  hash: last, watched, @<person> read up to, ~<person> marked unread from
--      2 unread zset channel -> when to look whether it was read (ms)
--      3 log  stream (store/lua/events.lua)      4 nudge channel
--      with a key: 5 published, 6 of the neighbouring period: hashes (fieldOf in message.lua)
-- ARGV 1 channel   2 person   3 offset   4 key or ''   5 ms a period of keys is kept
-- Returns the marker as it now stands.
local meta, unread, log, nudge, published, neighbour = unpack(KEYS)
local channel, person, wanted, key, keep = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]

local stand = redis.call('HMGET', meta, 'last', '@' .. person, '~' .. person, 'watched')
local last, before, marked = tonumber(stand[1] or '0'), tonumber(stand[2] or '0'), stand[3]
local marker = math.min(wanted, last)
local looks = marker > before
if published and stand[1] then
  local field = fieldOf('r', key, person)
  if remembered(published, neighbour, field) then return math.max(marker, before) end
  remember(published, field, whole(marker), keep)
  looks = true
end
local unmarked = looks and marked and marker >= tonumber(marked) and redis.call('HDEL', meta, '~' .. person) == 1
if marker <= before and not unmarked then return before end
marker = math.max(marker, before)
local text = string.format('%.0f', marker)
redis.call('HSET', meta, '@' .. person, text)
-- A mail that is on its way may be needless now.
if stand[4] == 'reminded' then redis.call('ZADD', unread, 0, channel) end
emit(log, nudge, 'channel:' .. channel, '-', 'chat.readMoved', '{"event":"chat.readMoved","data":{"channel":"' ..
  channel .. '","person":"' .. person .. '","readOffset":' .. text .. '}}')
return marker
