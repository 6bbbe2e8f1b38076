#!lua
-- KEYS 1 feeds   2 log   3 nudge     ARGV 1 data without its last brace   2 further fields   3, 4 … person
-- The last of them is told the further fields as well.
local told = {}
for n = 3, #ARGV do told[#told + 1] = { ARGV[n], n < #ARGV and 'callback.changed' or 'callback.offered', n == #ARGV } end
feed_shared(KEYS[1], KEYS[2], KEYS[3], redis.call('TIME'), told, '', ARGV[1], ARGV[2])
