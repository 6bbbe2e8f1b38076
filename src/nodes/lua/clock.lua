-- For the scripts of who holds a room: leases end on Redis's clock, which is the same for all nodes.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- The holder of a room whose lease has not ended, or false.
local function holder_of(until_, holders, room)
  local ends = redis.call('ZSCORE', until_, room)
  return ends and tonumber(ends) > now and redis.call('HGET', holders, room)
end
