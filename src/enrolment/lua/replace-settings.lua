#!lua
-- Set what a region has decided, if it still is what the decision was made from.
-- KEYS 1 scheme string JSON   ARGV 1 what it was, '' for nothing   2 what it is to be
-- Returns 1, or 0 when it is something else by now.
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
