#!lua
-- Keep a seal under the head of a record, unless that head has one. What came since stays due.
-- KEYS 1 record hash   2 seals list   3 due zset
-- ARGV 1 appointment   2 n that is sealed   3 seal, JSON, '' when there is nothing to seal
-- Returns 'sealed', 'again' (the record has gone on), or 'missing'.
local record, seals, due = unpack(KEYS)
local appointment, n, seal = unpack(ARGV)
local member = 'seal/' .. appointment

local now, sealed = unpack(redis.call('HMGET', record, 'n', 'sealed'))
if not now then
  redis.call('ZREM', due, member)
  return 'missing'
end
if seal ~= '' and tonumber(n) > tonumber(sealed or 0) then
  redis.call('RPUSH', seals, seal)
  redis.call('HSET', record, 'sealed', n)
  local left = redis.call('PTTL', record)
  if left > 0 then redis.call('PEXPIRE', seals, left) end
end
if tonumber(now) > tonumber(n) then return 'again' end
redis.call('ZREM', due, member)
return 'sealed'
