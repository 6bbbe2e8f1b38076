#!lua
-- An advisor is in a talk, or is in it no more; the nodes are told when that changes.
-- KEYS 1 talks zset <advisor>/<room>/<session> -> until when it counts (ms)     2 log stream, 3 nudge channel
-- ARGV 1 <advisor>/<room>/<session>   2 until when it counts (ms), or 0 when it is over   3 fact: JSON
local talks, log, nudge = unpack(KEYS)
local member, till, fact = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local time = redis.call('TIME')
-- Of nodes that died.
redis.call('ZREMRANGEBYSCORE', talks, '-inf', time[1] * 1000)
local changed
if till == 0 then
  changed = redis.call('ZREM', talks, member)
else
  changed = redis.call('ZADD', talks, till, member)
end
if changed == 1 then emit(log, nudge, 'fact', '-', 'lobby.changed', fact) end
