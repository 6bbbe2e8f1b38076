#!lua
-- Take events out of a log that everybody has long read. Entries have no times: now and then a mark is set, an entry that
-- says nothing, and a list says when. The newest mark stays, so that a follower finds where it was.
-- KEYS 1 log stream, ids 0-1, 0-2 …     2 nudge channel     3 marks zset id -> when (ms)
-- ARGV 1 ms for which an event stays at least; it is gone after twice as long
-- Returns how many went.
local log, nudge, marks = unpack(KEYS)
local keep = tonumber(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function newest()
  local entry = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
  return entry and entry[1]
end
local mark, at = unpack(redis.call('ZRANGE', marks, 0, 0, 'REV', 'WITHSCORES'))
local last = newest()
if last and last ~= mark and (not mark or now - tonumber(at) >= keep) then
  emit(log, nudge, '-', '-', 'aged', '')
  redis.call('ZADD', marks, now, newest())
end
local old, oldAt = unpack(redis.call('ZRANGE', marks, now - keep, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, 1, 'WITHSCORES'))
if not old then return 0 end
redis.call('ZREMRANGEBYSCORE', marks, '-inf', '(' .. oldAt)
return redis.call('XTRIM', log, 'MINID', old)
