#!lua
-- Lease processes that are due. The token of whoever had one before is void from now on.
-- KEYS 1 processes hash id -> JSON, # -> last token    2 due zset id -> when it may be taken (ms)
-- ARGV 1 lease (ms)   2 most of them
-- Returns the processes as JSON, with their new tokens.
local processes, due = unpack(KEYS)
local lease, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local taken = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, most)) do
  local process = cjson.decode(redis.call('HGET', processes, id))
  process.token = redis.call('HINCRBY', processes, '#', 1)
  local json = cjson.encode(process)
  redis.call('HSET', processes, id, json)
  redis.call('ZADD', due, now + lease, id)
  taken[#taken + 1] = json
end
return taken
