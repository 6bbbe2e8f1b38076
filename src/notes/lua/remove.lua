#!lua
-- Remove a note and every text it had. A repeat changes nothing.
-- KEYS 1 notes hash id -> JSON     2 order zset id -> at     3 versions hash id -> how many, <id>/<n> -> JSON
--      4 changes zset, 5 stand hash (tell.lua)     6 log stream, 7 nudge channel (store/lua/events.lua)
-- ARGV 1 jobseeker   2 id
-- Returns 1 if it was there.
local notes, order, versions, changes, stand, log, nudge = unpack(KEYS)
local jobseeker, id = unpack(ARGV)

if redis.call('HEXISTS', notes, id) == 0 then return 0 end
drop({ notes = notes, order = order, versions = versions, changes = changes, stand = stand, log = log, nudge = nudge },
  jobseeker, id)
return 1
