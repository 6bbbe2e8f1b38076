#!lua
-- A connection takes up a session of this person, or begins a new one.
-- KEYS 1 sessions hash person -> record     2 due zset <person>/<session> -> ends at (ms)
--      3 places zset <node>/<person>/<session>, score 0
--      4 log stream, 5 nudge channel (store/lua/events.lua)
-- ARGV 1 person   2 session to take up, or ''   3 id for a new one   4 node   5 connection   6 most sessions of a person
-- Returns { 'ok', session, 1 if taken up, node that held it or '' } or { 'full', sessions }.
local sessions, due, places, log, nudge = unpack(KEYS)
local person, wanted, fresh, node, connection, most = unpack(ARGV)
local now = clock()
local record = read(sessions, person)

local known = record.s[wanted]
local held, lingering = '', ''
if known then
  redis.call('ZREM', places, known.n .. '/' .. person .. '/' .. wanted)
  if not known.d then held, lingering = known.n, known.c end
else
  local count, oldest = 0, nil
  for id, session in pairs(record.s) do
    count = count + 1
    if session.d and (not oldest or session.d < record.s[oldest].d) then oldest = id end
  end
  if count >= tonumber(most) then
    -- One without a connection makes room; people who are there are not pushed out.
    if not oldest then return { 'full', count } end
    drop(record, oldest, now)
    redis.call('ZREM', due, person .. '/' .. oldest)
  end
end
local id = known and wanted or fresh
record.s[id] = { n = node, c = connection, a = known and known.a or nil }
redis.call('ZREM', due, person .. '/' .. id)
redis.call('ZADD', places, 0, node .. '/' .. person .. '/' .. id)
write(sessions, log, nudge, person, record)
if held ~= '' and held ~= node then
  -- Names the connection, for the session may be back on that node before the news is.
  emit(log, nudge, 'fact', '-', 'presence.taken',
    '{"session":"' .. id .. '","node":"' .. held .. '","connection":"' .. lingering .. '"}')
end
return { 'ok', id, known and 1 or 0, held }
