#!lua
-- Give a note another text, unless it has changed since it was read. One that has the text already stays as it is.
-- KEYS 1 notes hash id -> JSON     2 versions hash id -> how many, <id>/<n> -> JSON
--      3 changes zset, 4 stand hash (tell.lua)     5 log stream, 6 nudge channel (store/lua/events.lua)
-- ARGV 1 jobseeker   2 id   3 text   4 by   5 now (ms)   6 editedAt of the note as it was read, '' if it had none
--      7 most edits of one note
-- Returns { 'ok', note as JSON }, { 'changed', the newest as JSON }, { 'often', the note as JSON } or { 'missing' }.
local notes, versions, changes, stand, log, nudge = unpack(KEYS)
local jobseeker, id, text, by, now, read, most = unpack(ARGV)

local stored = redis.call('HGET', notes, id)
if not stored then return { 'missing' } end
local note = cjson.decode(stored)
if note.text == text then return { 'ok', stored } end
if (note.editedAt and string.format('%.0f', note.editedAt) or '') ~= read then return { 'changed', stored } end
if tonumber(redis.call('HGET', versions, id) or '0') >= tonumber(most) then return { 'often', stored } end

local before = { text = note.text, by = note.editedBy or note.by, at = note.editedAt or note.at }
local n = redis.call('HINCRBY', versions, id, 1)
redis.call('HSET', versions, id .. '/' .. string.format('%.0f', n), cjson.encode(before))
-- Later than any before, so that it tells two texts apart.
note.text, note.editedBy, note.editedAt = text, by, math.max(tonumber(now), before.at + 1)
local json = cjson.encode(note)
redis.call('HSET', notes, id, json)
tell({ changes = changes, stand = stand, log = log, nudge = nudge }, jobseeker, id)
return { 'ok', json }
