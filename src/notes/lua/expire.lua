#!lua
-- Remove a note, and every text it had, if nobody has touched it since a moment.
-- KEYS 1 notes hash id -> JSON     2 order zset id -> at     3 versions hash id -> how many, <id>/<n> -> JSON
--      4 changes zset, 5 stand hash (tell.lua)     6 log stream, 7 nudge channel (store/lua/events.lua)
-- ARGV 1 jobseeker   2 id   3 the moment (ms)
-- Returns 1 if it went.
local notes, order, versions, changes, stand, log, nudge = unpack(KEYS)
local jobseeker, id, before = ARGV[1], ARGV[2], tonumber(ARGV[3])

local stored = redis.call('HGET', notes, id)
if not stored then return 0 end
local note = cjson.decode(stored)
if (note.editedAt or note.at) >= before then return 0 end
drop({ notes = notes, order = order, versions = versions, changes = changes, stand = stand, log = log, nudge = nudge },
  jobseeker, id)
return 1
