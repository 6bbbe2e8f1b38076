#!lua
-- A device of a person has everything up to an offset. It moves forward only; what was read was received.
-- KEYS 1 meta  hash: last, @<person> read up to, +<person> received up to
--      2 log  stream (store/lua/events.lua)      3 nudge channel
-- ARGV 1 channel   2 person   3 offset
-- Returns the marker as it now stands.
local meta, log, nudge = unpack(KEYS)
local channel, person, wanted = ARGV[1], ARGV[2], tonumber(ARGV[3])

local last, read, before = unpack(redis.call('HMGET', meta, 'last', '@' .. person, '+' .. person))
local marker = math.min(wanted, tonumber(last or '0'))
local known = math.max(tonumber(read or '0'), tonumber(before or '0'))
if marker <= known then return known end
local text = string.format('%.0f', marker)
redis.call('HSET', meta, '+' .. person, text)
emit(log, nudge, 'channel:' .. channel, '-', 'chat.receivedMoved', '{"event":"chat.receivedMoved","data":{"channel":"' ..
  channel .. '","person":"' .. person .. '","receivedOffset":' .. text .. '}}')
return marker
