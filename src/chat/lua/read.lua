#!lua
-- Move a person's read marker forward, never back and never beyond the newest message.
-- KEYS 1 meta  hash: last, @<person> read up to, ~<person> marked unread from
--      2 log  stream (store/lua/events.lua)      3 nudge channel
-- ARGV 1 channel   2 person   3 offset
-- Returns the marker as it now stands.
local meta, log, nudge = unpack(KEYS)
local channel, person, wanted = ARGV[1], ARGV[2], tonumber(ARGV[3])

local stand = redis.call('HMGET', meta, 'last', '@' .. person, '~' .. person)
local last, before, unread = tonumber(stand[1] or '0'), tonumber(stand[2] or '0'), stand[3]
local marker = math.min(wanted, last)
-- Looking at it again is what a mark as unread was for.
local unmarked = unread and marker >= tonumber(unread) and redis.call('HDEL', meta, '~' .. person) == 1
if marker <= before and not unmarked then return before end
marker = math.max(marker, before)
local text = string.format('%.0f', marker)
redis.call('HSET', meta, '@' .. person, text)
emit(log, nudge, 'channel:' .. channel, '-', 'chat.readMoved', '{"event":"chat.readMoved","data":{"channel":"' ..
  channel .. '","person":"' .. person .. '","readOffset":' .. text .. '}}')
return marker
