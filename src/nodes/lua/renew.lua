#!lua
-- A node holds its rooms for longer. One whose lease has ended is its own again if nobody has taken it meanwhile.
-- KEYS 1 until zset room -> end of the lease (ms)   2 holders hash room -> "<node> <url>"
-- ARGV 1 "<node> <url>"   2 how long (ms)   3 … rooms
-- Returns the rooms that another node holds.
local until_, holders = unpack(KEYS)
local self, lease = ARGV[1], ARGV[2]
local lost = {}
for n = 3, #ARGV do
  local room = ARGV[n]
  local holder = holder_of(until_, holders, room)
  if holder and holder ~= self then
    lost[#lost + 1] = room
  else
    redis.call('ZADD', until_, now + lease, room)
    redis.call('HSET', holders, room, self)
  end
end
return lost
