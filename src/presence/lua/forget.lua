#!lua
-- Forget when somebody was here. Their sessions are closed by then, or find no record any more.
-- KEYS 1 sessions hash person -> record     2 due zset <person>/<session> -> ends at (ms)
--      3 places zset <node>/<person>/<session>, score 0
-- ARGV 1 person
local sessions, due, places = unpack(KEYS)
local person = ARGV[1]

for id, session in pairs(read(sessions, person).s) do
  redis.call('ZREM', due, person .. '/' .. id)
  redis.call('ZREM', places, session.n .. '/' .. person .. '/' .. id)
end
redis.call('HDEL', sessions, person)
