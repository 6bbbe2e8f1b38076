#!lua
-- A node says that it lives and how loaded it is, and learns the same of the others.
-- KEYS 1 beats zset node -> time of its last beat (ms)   2 told hash node -> JSON   3 drained set of nodes
-- ARGV 1 node   2 JSON   3 silence after which a node is forgotten (ms)
-- Returns of each known node: its name, ms since its last beat, its JSON, 1 if it is to take no new rooms.
local beats, told, drained = unpack(KEYS)
local node, json, silence = unpack(ARGV)
redis.call('ZADD', beats, now, node)
redis.call('HSET', told, node, json)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', beats, '-inf', now - silence)) do
  redis.call('ZREM', beats, gone)
  redis.call('HDEL', told, gone)
  redis.call('SREM', drained, gone)
end
local answer = {}
local known = redis.call('ZRANGE', beats, 0, -1, 'WITHSCORES')
for n = 1, #known, 2 do
  local is_drained = redis.call('SISMEMBER', drained, known[n])
  for _, word in ipairs({ known[n], now - tonumber(known[n + 1]), redis.call('HGET', told, known[n]) or '{}', is_drained }) do
    answer[#answer + 1] = word
  end
end
return answer
