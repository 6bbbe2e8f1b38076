#!lua
-- Move a person's read marker forward, never back and never beyond the newest message.
-- KEYS 1 meta  hash: epoch, last, @<person>      2 log  stream (store/lua/events.lua)      3 nudge channel
-- ARGV 1 channel   2 person   3 offset
-- Returns the marker as it now stands.
local meta, log, nudge = unpack(KEYS)
local channel, person, wanted = ARGV[1], ARGV[2], tonumber(ARGV[3])

local last, before = unpack(redis.call('HMGET', meta, 'last', '@' .. person))
last, before = tonumber(last or '0'), tonumber(before or '0')
local marker = math.min(wanted, last)
if marker <= before then return before end
local text = string.format('%.0f', marker)
redis.call('HSET', meta, '@' .. person, text)
emit(log, nudge, 'channel:' .. channel, '-', 'chat.readMoved', '{"event":"chat.readMoved","data":{"channel":"' ..
  channel .. '","person":"' .. person .. '","readOffset":' .. text .. '}}')
return marker
