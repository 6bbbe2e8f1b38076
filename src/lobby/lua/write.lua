#!lua
-- Store a visit, if it still is what the decision was made from (visit.ts decides), and tell the nodes.
-- KEYS 1 visits hash <room>/<person> -> JSON     2 log stream, 3 nudge channel (store/lua/events.lua)
-- ARGV 1 <room>/<person>   2 the JSON it is to be now, or ''   3 the JSON from then on, or ''   4 fact: JSON
-- Returns 1, or 0 when somebody was faster.
local visits, log, nudge = unpack(KEYS)
local field, before, next, fact = unpack(ARGV)
if (redis.call('HGET', visits, field) or '') ~= before then return 0 end
if next == '' then redis.call('HDEL', visits, field) else redis.call('HSET', visits, field, next) end
emit(log, nudge, 'fact', '-', 'lobby.changed', fact)
return 1
