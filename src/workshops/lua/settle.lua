#!lua
-- A workshop was told of by mail, unless it has changed since.
-- KEYS 1 due zset id -> when it was changed last (ms)
-- ARGV 1 id   2 the score it had when it was read
if redis.call('ZSCORE', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('ZREM', KEYS[1], ARGV[1]) end
return 0
