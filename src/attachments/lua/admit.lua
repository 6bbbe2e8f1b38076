#!lua
-- Count an upload against what a person may send in a window of time.
-- KEYS 1 uploads zset id -> at (ms)
-- ARGV 1 id   2 now (ms)   3 window (ms)   4 most uploads in it
-- Returns 0, or, without counting it, after how many ms one more may come.
local uploads = KEYS[1]
local id, now, window, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local since = string.format('%.0f', now - window)

local count = redis.call('ZCOUNT', uploads, '(' .. since, '+inf')
if count >= most then
  -- Room is made when the last of those that are too many is a window old.
  local last = redis.call('ZRANGEBYSCORE', uploads, '(' .. since, '+inf', 'WITHSCORES', 'LIMIT', count - most, 1)
  return tonumber(last[2]) + window - now
end
redis.call('ZREMRANGEBYSCORE', uploads, '-inf', since)
redis.call('ZADD', uploads, now, id)
redis.call('PEXPIRE', uploads, window)
return 0
