#!lua
-- Somebody is in a room, or nobody is any more; those of its conversation are told, on whatever node.
-- KEYS 1 holders hash room -> "<node> <url>"   2 active hash room -> person   3 log stream, 4 nudge channel (store/lua/events.lua)
-- ARGV 1 room   2 "<node> <url>" of whoever says so   3 who was in it first, or ''   4 frame: JSON
local holders, active, log, nudge = unpack(KEYS)
local room, self, by, frame = unpack(ARGV)
local holder = redis.call('HGET', holders, room)
-- It has gone to another node, which speaks for it now.
if holder and holder ~= self then return end
local changed
if by == '' then
  changed = redis.call('HDEL', active, room) == 1
else
  changed = redis.call('HGET', active, room) ~= by
  redis.call('HSET', active, room, by)
end
if changed then emit(log, nudge, 'channel:' .. room, '-', 'room.activated', frame) end
