#!lua
-- Make a note about a jobseeker, once per id.
-- KEYS 1 notes hash id -> JSON     2 order zset id -> at     3 removed set of ids
--      4 log stream, 5 nudge channel (store/lua/events.lua)    6 erased zset of whom nothing is made (store/fence.ts)
-- ARGV 1 jobseeker   2 id   3 text   4 by   5 now (ms)
-- Returns { 'ok', note as JSON }, made now or earlier, { 'removed' }, or { 'erased' } for a jobseeker who is.
local notes, order, removed, log, nudge, erased = unpack(KEYS)
local jobseeker, id, text, by, now = unpack(ARGV)

local stored = redis.call('HGET', notes, id)
if stored then return { 'ok', stored } end
if redis.call('SISMEMBER', removed, id) == 1 then return { 'removed' } end
if redis.call('ZSCORE', erased, jobseeker) then return { 'erased' } end

-- The order of notes is that of their moments, also when two nodes' clocks differ: no two have the same.
local newest = redis.call('ZRANGE', order, 0, 0, 'REV', 'WITHSCORES')[2]
local at = math.max(tonumber(now), tonumber(newest or '0') + 1)
local json = cjson.encode({ id = id, jobseeker = jobseeker, text = text, by = by, at = at })
redis.call('HSET', notes, id, json)
redis.call('ZADD', order, string.format('%.0f', at), id)
tell(log, nudge, jobseeker, id)
return { 'ok', json }
