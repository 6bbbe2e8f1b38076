#!lua
-- Take a cover back, from now on. One that is over, or was taken back, stays as it is.
-- KEYS 1 covers hash id -> JSON    2 feeds hash, 3 log stream, 4 nudge channel (store/lua/events.lua)
--      5 turns zset id -> when it begins or ends next (ms)
-- ARGV 1 id
-- Returns the cover as JSON, or nil when there is none.
local covers, feeds, log, nudge, turns = unpack(KEYS)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local stored = redis.call('HGET', covers, ARGV[1])
if not stored then return nil end
local cover = cjson.decode(stored)
if cover.endedAt or cover['until'] <= now then return stored end
cover.endedAt = now
local json = cjson.encode(cover)
redis.call('HSET', covers, cover.id, json)
redis.call('ZADD', turns, now, cover.id)
tellCover(feeds, log, nudge, cover, json, stored)
return json
