#!lua
-- A verdict was made of all the evidence up to an entry: nothing is due any more, unless more has come since.
-- KEYS 1 record hash   2 due zset
-- ARGV 1 appointment   2 n of the newest evidence that was judged   3 when it is looked at again (ms), 0: not before there is more
local record, due = unpack(KEYS)
local appointment, judged, again = unpack(ARGV)
local member = 'verdict/' .. appointment

local evidence = redis.call('HGET', record, 'evidence')
if not evidence then
  redis.call('ZREM', due, member)
elseif evidence == judged then
  if again == '0' then redis.call('ZREM', due, member) else redis.call('ZADD', due, again, member) end
end
