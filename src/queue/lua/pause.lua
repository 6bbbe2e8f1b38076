#!lua
-- A team, or the whole region, is offered nothing for a while; or goes on.
-- KEYS 1–10 queue.lua
-- ARGV 1 team or ''   2 message, '' to go on   3 by whom
-- Returns 1 if that is a change, else 0.
local team, message, by = unpack(ARGV)
local before = redis.call('HGET', figures, 'pause|' .. team)
if message == '' then redis.call('HDEL', figures, 'pause|' .. team)
else redis.call('HSET', figures, 'pause|' .. team, cjson.encode({ message = message, by = by, at = now })) end
emit(log, nudge, 'fact', '-', 'callback.paused', cjson.encode({ team = team }))
return (before and 1 or 0) ~= (message ~= '' and 1 or 0) and 1 or 0
