#!lua
-- A session has lost its connection to this node: it ends now, or after a grace in which it may be taken up again.
-- KEYS 1 sessions hash person -> record     2 due zset <person>/<session> -> ends at (ms)
--      3 places zset <node>/<person>/<session>, score 0
--      4 log stream, 5 nudge channel (store/lua/events.lua)
-- ARGV 1 person   2 session   3 node   4 connection   5 grace (ms), 0 to end it now
local sessions, due, places, log, nudge = unpack(KEYS)
local person, session, node, connection, grace = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local now = clock()
local record = read(sessions, person)

local known = record.s[session]
-- Taken up by another connection meanwhile.
if not known or known.c ~= connection then return end
redis.call('ZREM', places, node .. '/' .. person .. '/' .. session)
if grace == 0 then
  drop(record, session, now)
else
  known.d = now
  redis.call('ZADD', due, now + grace, person .. '/' .. session)
end
write(sessions, log, nudge, person, record)
