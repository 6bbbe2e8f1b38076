#!lua
-- Show a channel as unread from a message on, to this person alone. The receipt that others see stays where it is.
-- KEYS 1 meta  hash: last, first, ~<person> marked unread from      2 log  stream (store/lua/events.lua)      3 nudge channel
-- ARGV 1 channel   2 person   3 offset
-- Returns 1, or 0 when there is no such message.
local meta, log, nudge = unpack(KEYS)
local channel, person, offset = unpack(ARGV)

local last, first = unpack(redis.call('HMGET', meta, 'last', 'first'))
if tonumber(offset) < tonumber(first or '1') or tonumber(offset) > tonumber(last or '0') then return 0 end
redis.call('HSET', meta, '~' .. person, offset)
emit(log, nudge, 'person:' .. person, '-', 'chat.unreadMarked', '{"event":"chat.unreadMarked","data":{"channel":"' ..
  channel .. '","unreadFrom":' .. offset .. '}}')
return 1
