#!lua
-- Store a canned reply, new or changed. The same content again changes nothing.
-- KEYS 1 replies hash id -> JSON    2 log stream, 3 nudge channel (store/lua/events.lua)
--      4 erased zset of whom nothing is made (store/fence.ts)
-- ARGV 1 reply as JSON, without updatedAt   2 updatedAt of the version that was read (ms), '' for a new one
--      3 most replies of one owner   4 topic of those who are told
-- Returns { 'stored' | 'unchanged', reply as JSON }, or one of those that change nothing: { 'changed', newest as JSON }
-- (since it was read, or by another author), { 'changed' } (it is gone), { 'tooMany' }, { 'erased' } (its author is).
local replies, log, nudge, erased = unpack(KEYS)
local reply, read, most, topic = cjson.decode(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

if redis.call('ZSCORE', erased, reply.updatedBy) then return { 'erased' } end
local stored = redis.call('HGET', replies, reply.id)
if stored then
  local before = cjson.decode(stored)
  if before.title == reply.title and before.text == reply.text then return { 'unchanged', stored } end
  if before.updatedAt ~= read or before.author ~= reply.author then return { 'changed', stored } end
  -- Two versions never have the same time, whatever becomes of the clock.
  reply.updatedAt = math.max(now, before.updatedAt + 1)
else
  if read then return { 'changed' } end
  if redis.call('HLEN', replies) >= most then return { 'tooMany' } end
  reply.updatedAt = now
end
local json = cjson.encode(reply)
redis.call('HSET', replies, reply.id, json)
tell(log, nudge, topic, reply, json)
return { 'stored', json }
