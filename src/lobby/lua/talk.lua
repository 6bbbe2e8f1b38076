#!lua
-- An advisor is in a talk, or is in it no more; the nodes are told when that changes.
-- KEYS 1 talks zset <advisor>/<room>/<session> -> until when it counts (ms)     2 log stream, 3 nudge channel
-- ARGV 1 <advisor>/<room>/<session>   2 now (ms)   3 until when it counts (ms), or 0 when it is over   4 fact: JSON
local talks, log, nudge = unpack(KEYS)
local member, now, till, fact = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
-- Of nodes that died.
redis.call('ZREMRANGEBYSCORE', talks, '-inf', now)
local changed
if till == 0 then
  changed = redis.call('ZREM', talks, member)
else
  changed = redis.call('ZADD', talks, till, member)
end
if changed == 1 then emit(log, nudge, 'fact', '-', 'lobby.changed', fact) end
