#!lua
-- Make a note about a jobseeker, once per id.
-- KEYS 1 notes hash id -> JSON     2 order zset id -> at     3 numbers hash id -> n     4 noted zset of jobseekers
--      5 changes zset, 6 stand hash (tell.lua)     7 log stream, 8 nudge channel (store/lua/events.lua)
--      9 erased zset of whom nothing is made (store/fence.ts)
-- ARGV 1 jobseeker   2 id   3 text   4 by   5 now (ms)
-- Returns { 'ok', note as JSON }, made now or earlier, { 'removed' }, or { 'erased' } for a jobseeker who is.
local notes, order, numbers, noted, changes, stand, log, nudge, erased = unpack(KEYS)
local jobseeker, id, text, by, now = unpack(ARGV)

local stored = redis.call('HGET', notes, id)
if stored then return { 'ok', stored } end
if redis.call('HEXISTS', numbers, id) == 1 then return { 'removed' } end
if redis.call('ZSCORE', erased, jobseeker) then return { 'erased' } end

local made = redis.call('HLEN', numbers)
if made == 0 then
  local time = redis.call('TIME')
  redis.call('HSET', stand, 'epoch', string.format('%x%05x', time[1], time[2]))
  redis.call('ZADD', noted, 0, jobseeker)
end
redis.call('HSET', numbers, id, made + 1)
-- The order of notes is that of their moments, also when two nodes' clocks differ: no two have the same.
local newest = redis.call('ZRANGE', order, 0, 0, 'REV', 'WITHSCORES')[2]
local at = math.max(tonumber(now), tonumber(newest or '0') + 1)
local json = cjson.encode({ id = id, jobseeker = jobseeker, text = text, by = by, at = at })
redis.call('HSET', notes, id, json)
redis.call('ZADD', order, string.format('%.0f', at), id)
tell({ changes = changes, stand = stand, log = log, nudge = nudge }, jobseeker, id)
return { 'ok', json }
