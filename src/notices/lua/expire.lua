#!lua
-- Remove notices whose retention is over, whatever has become of them.
-- KEYS 1–5 outbox (outbox.lua)
-- ARGV 1 most of them
-- Returns how many there were.
local over = redis.call('ZRANGEBYSCORE', outbox.expiring, '-inf', clock(), 'LIMIT', 0, ARGV[1])
for _, key in ipairs(over) do remove(read(key)) end
return #over
