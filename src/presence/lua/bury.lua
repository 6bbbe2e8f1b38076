#!lua
-- The sessions of a node that is dead have lost their connections.
-- KEYS 1 sessions hash person -> record     2 due zset <person>/<session> -> ends at (ms)
--      3 places zset <node>/<person>/<session>, score 0
--      4 log stream, 5 nudge channel (store/lua/events.lua)
-- ARGV 1 node   2 grace (ms)   3 most sessions in one go
-- Returns how many there were.
local sessions, due, places, log, nudge = unpack(KEYS)
local node, grace, most = unpack(ARGV)
local now = clock()

-- '0' is the character after '/'.
local found = redis.call('ZRANGEBYLEX', places, '[' .. node .. '/', '(' .. node .. '0', 'LIMIT', 0, most)
for _, place in ipairs(found) do
  local person, session = string.match(place, '^[^/]+/([^/]+)/(.+)$')
  redis.call('ZREM', places, place)
  local record = read(sessions, person)
  local known = record.s[session]
  if known and known.n == node and not known.d then
    known.d = now
    redis.call('ZADD', due, now + grace, person .. '/' .. session)
    write(sessions, log, nudge, person, record)
  end
end
return #found
