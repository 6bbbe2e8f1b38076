#!lua
-- Write down something of an erasure, once: what stands there already stays. Counts are added up where they are told so.
-- KEYS 1 erasures hash id -> JSON
-- ARGV 1 id   2 counts by their names, JSON   3 '1': they come on top of those that stand there
local erasures, id, counts, adds = KEYS[1], ARGV[1], cjson.decode(ARGV[2]), ARGV[3] == '1'

local erasure = cjson.decode(redis.call('HGET', erasures, id))
erasure.counts = erasure.counts or {}
for name, count in pairs(counts) do
  local before = erasure.counts[name]
  erasure.counts[name] = (adds and before or 0) + (before and not adds and before or count)
end
redis.call('HSET', erasures, id, cjson.encode(erasure))
