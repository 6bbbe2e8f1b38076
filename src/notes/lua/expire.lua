#!lua
-- Remove a note, and every text it had, if nobody has touched it since a moment.
-- KEYS 1 notes hash id -> JSON     2 order zset id -> at     3 removed set of ids
--      4 versions hash id -> how many, <id>/<n> -> JSON
--      5 log stream, 6 nudge channel (store/lua/events.lua)
-- ARGV 1 jobseeker   2 id   3 the moment (ms)
-- Returns 1 if it went.
local notes, order, removed, versions, log, nudge = unpack(KEYS)
local jobseeker, id, before = ARGV[1], ARGV[2], tonumber(ARGV[3])

local stored = redis.call('HGET', notes, id)
if not stored then return 0 end
local note = cjson.decode(stored)
if (note.editedAt or note.at) >= before then return 0 end
redis.call('HDEL', notes, id)
redis.call('ZREM', order, id)
redis.call('SADD', removed, id)
for n = 1, tonumber(redis.call('HGET', versions, id) or '0') do
  redis.call('HDEL', versions, id .. '/' .. string.format('%.0f', n))
end
redis.call('HDEL', versions, id)
tell(log, nudge, jobseeker, id)
return 1
