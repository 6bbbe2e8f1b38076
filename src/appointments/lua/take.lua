#!lua
-- Lease appointments that are due to be looked at.
-- KEYS 1–6 appointment.lua
-- ARGV 1 most of them   2 lease (ms)
-- Returns { now (ms), end of the lease (ms), record … }.
local most, lease = tonumber(ARGV[1]), tonumber(ARGV[2])
local answer = { now, now + lease }
for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, most)) do
  local text = redis.call('HGET', records, id)
  if text then
    redis.call('ZADD', due, now + lease, id)
    answer[#answer + 1] = text
  else
    redis.call('ZREM', due, id)
  end
end
return answer
