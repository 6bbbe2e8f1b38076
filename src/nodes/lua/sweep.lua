#!lua
-- Forget the rooms whose holder is silent: their talk is over until somebody comes again.
-- KEYS 1 until zset room -> end of the lease (ms)   2 holders hash room -> "<node> <url>"   3 active hash room -> person
--      4 log stream, 5 nudge channel (store/lua/events.lua)
-- ARGV 1 how many at most
-- Returns how many.
local until_, holders, active, log, nudge = unpack(KEYS)
local over = redis.call('ZRANGEBYSCORE', until_, '-inf', now, 'LIMIT', 0, ARGV[1])
for _, room in ipairs(over) do
  redis.call('ZREM', until_, room)
  redis.call('HDEL', holders, room)
  if redis.call('HDEL', active, room) == 1 then
    local frame = '{"event":"room.activated","data":{"room":"' .. room .. '","active":false}}'
    emit(log, nudge, 'channel:' .. room, '-', 'room.activated', frame)
  end
end
return #over
