#!lua
-- Move a person's read marker forward, never back and never beyond the newest message.
-- KEYS 1 meta  hash: last, watched, @<person> read up to, ~<person> marked unread from
--      2 unread zset channel -> when to look whether it was read (ms)
--      3 log  stream (store/lua/events.lua)      4 nudge channel
-- ARGV 1 channel   2 person   3 offset
-- Returns the marker as it now stands.
local meta, unread, log, nudge = unpack(KEYS)
local channel, person, wanted = ARGV[1], ARGV[2], tonumber(ARGV[3])

local stand = redis.call('HMGET', meta, 'last', '@' .. person, '~' .. person, 'watched')
local last, before, marked = tonumber(stand[1] or '0'), tonumber(stand[2] or '0'), stand[3]
local marker = math.min(wanted, last)
-- Looking at it again is what a mark as unread was for.
local unmarked = marked and marker >= tonumber(marked) and redis.call('HDEL', meta, '~' .. person) == 1
if marker <= before and not unmarked then return before end
marker = math.max(marker, before)
local text = string.format('%.0f', marker)
redis.call('HSET', meta, '@' .. person, text)
-- A mail that is on its way may be needless now.
if stand[4] == 'reminded' then redis.call('ZADD', unread, 0, channel) end
emit(log, nudge, 'channel:' .. channel, '-', 'chat.readMoved', '{"event":"chat.readMoved","data":{"channel":"' ..
  channel .. '","person":"' .. person .. '","readOffset":' .. text .. '}}')
return marker
