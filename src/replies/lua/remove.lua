#!lua
-- Remove a canned reply, if it is still the version that was read.
-- KEYS 1 replies hash id -> JSON    2 log stream, 3 nudge channel (store/lua/events.lua)
-- ARGV 1 id   2 updatedAt of the version that was read (ms)   3 its author   4 topic of those who are told
-- Returns { 'removed' }, { 'gone' } (it was removed before), or { 'changed', newest as JSON }: nothing changes.
local replies, log, nudge = unpack(KEYS)
local id, read, author, topic = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]

local stored = redis.call('HGET', replies, id)
if not stored then return { 'gone' } end
local reply = cjson.decode(stored)
if reply.updatedAt ~= read or reply.author ~= author then return { 'changed', stored } end
redis.call('HDEL', replies, id)
tell(log, nudge, topic, reply)
return { 'removed' }
