#!lua
-- KEYS 1 feeds   2 log   3 nudge     ARGV 1 data without its last brace   2 further fields   3 how often   4, 5 … person
-- The last of them is told the further fields as well.
local told, events = {}, {}
for n = 4, #ARGV do
  told[#told + 1], told[#told + 2], told[#told + 3] = ARGV[n], n < #ARGV and 'callback.changed' or 'callback.offered', n == #ARGV
end
for n = 1, ARGV[3] do events[n] = { told, '', ARGV[1], ARGV[2] } end
feed_shared(KEYS[1], KEYS[2], KEYS[3], redis.call('TIME'), events, {})
