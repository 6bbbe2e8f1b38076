#!lua
-- End sessions whose grace is over.
-- KEYS 1 sessions hash person -> record     2 due zset <person>/<session> -> ends at (ms)
--      3 log stream, 4 nudge channel (store/lua/events.lua)
-- ARGV 1 most sessions to end in one go, so that a great many do not hold Redis up
-- Returns how many ended.
local sessions, due, log, nudge = unpack(KEYS)
local now = clock()

local over = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, ARGV[1])
for _, member in ipairs(over) do
  local person, session = string.match(member, '^([^/]+)/(.+)$')
  redis.call('ZREM', due, member)
  local record = read(sessions, person)
  if record.s[session] and record.s[session].d then
    drop(record, session, now)
    write(sessions, log, nudge, person, record)
  end
end
return #over
