#!lua
-- Show a channel as unread from a message on, to this person alone. The receipt that others see stays where it is.
-- KEYS 1 meta  hash: last, first, ~<person> marked unread from      2 published, 3 of the neighbouring period: hashes
--      4 log  stream (store/lua/events.lua)      5 nudge channel
-- ARGV 1 channel   2 person   3 offset   4 key   5 ms a period of keys is kept
-- Returns 1, or 0 when there is no such message.
local meta, published, neighbour, log, nudge = unpack(KEYS)
local channel, person, offset, key, keep = unpack(ARGV)

local last, first = unpack(redis.call('HMGET', meta, 'last', 'first'))
if tonumber(offset) < tonumber(first or '1') or tonumber(offset) > tonumber(last or '0') then return 0 end
-- A copy that comes late, when it was read, must not mark it again.
local field = fieldOf('u', key, person)
if remembered(published, neighbour, field) then return 1 end
remember(published, field, offset, keep)
redis.call('HSET', meta, '~' .. person, offset)
emit(log, nudge, 'person:' .. person, '-', 'chat.unreadMarked', '{"event":"chat.unreadMarked","data":{"channel":"' ..
  channel .. '","unreadFrom":' .. offset .. '}}')
return 1
