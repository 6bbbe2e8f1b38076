#!lua
-- For tests: appends text, so that running twice shows.
-- KEYS 1 string      ARGV 1 text      Returns the new length.
return redis.call('APPEND', KEYS[1], ARGV[1])
