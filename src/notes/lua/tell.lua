-- For every script that changes a note (with store/lua/events.lua before it): say that it is not what it was.
-- Without its text: a log keeps what was written to it, and a removed note must be gone. Nodes read how the note stands.
-- changes zset id -> number of its newest change     stand hash epoch, changes
local function tell(keys, jobseeker, id)
  local number = redis.call('HINCRBY', keys.stand, 'changes', 1)
  redis.call('ZADD', keys.changes, number, id)
  emit(keys.log, keys.nudge, 'fact', '-', 'notes.changed', '{"jobseeker":"' .. jobseeker .. '","id":"' .. id .. '"}')
end
