#!lua
-- Store the report of a check as the newest. The same key again changes nothing.
-- KEYS 1 reports list of JSON, newest first     2 erased zset of whom nothing is made (store/fence.ts)
-- ARGV 1 person   2 key of the act   3 report: JSON, with that key   4 most reports   5 how long they are kept (ms)
-- Returns the report as it is stored, or nil when the person was erased.
local reports, erased = unpack(KEYS)
local person, act, report = ARGV[1], ARGV[2], ARGV[3]
local most, keep = tonumber(ARGV[4]), tonumber(ARGV[5])
if redis.call('ZSCORE', erased, person) then return nil end
for _, stored in ipairs(redis.call('LRANGE', reports, 0, -1)) do
  if cjson.decode(stored).key == act then return stored end
end
redis.call('LPUSH', reports, report)
redis.call('LTRIM', reports, 0, most - 1)
redis.call('PEXPIRE', reports, keep)
return report
