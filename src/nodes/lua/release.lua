#!lua
-- A node lets rooms go, so that they may be placed elsewhere at once.
-- KEYS 1 until zset room -> end of the lease (ms)   2 holders hash room -> "<node> <url>"
-- ARGV 1 "<node> <url>"   2 … rooms
local until_, holders = unpack(KEYS)
for n = 2, #ARGV do
  if redis.call('HGET', holders, ARGV[n]) == ARGV[1] then
    redis.call('ZREM', until_, ARGV[n])
    redis.call('HDEL', holders, ARGV[n])
  end
end
