#!lua
-- Give a message another text; the one before is kept for the advisor's side.
-- KEYS 1 messages list   2 meta hash   3 changes zset   4 published, 5 of the neighbouring period: hashes
--      6 versions hash offset -> JSON of earlier texts   7 log stream   8 nudge channel
-- ARGV 1 key   2 who   3 offset   4 text   5 now (ms)   6 channel   7 ms a period of keys is kept
--      8 ms after which a message stays as it is, or 0   9 most edits of one message
-- Returns { 'changed', epoch, position }, or { 'missing' }, { 'deleted' }, { 'foreign' }, { 'late' }, { 'often' }.
local messages, meta, changes, published, neighbour, versions, log, nudge = unpack(KEYS)
local key, who, offset, text, now, channel, keep, window, most = unpack(ARGV)
offset, now, window = tonumber(offset), tonumber(now), tonumber(window)

local field = fieldOf('e', key, who)
local before = repeated(meta, published, neighbour, field)
if before then return before end
local found, why = changeable(messages, meta, offset)
if not found then return { why } end
local message = found.message
if message[2] ~= who then return { 'foreign' } end
if window > 0 and now - message[3] > window then return { 'late' } end
local kept = redis.call('HGET', versions, whole(offset))
local earlier = kept and cjson.decode(kept) or {}
if #earlier >= tonumber(most) then return { 'often' } end
earlier[#earlier + 1] = { at = message[5].editedAt or message[3], text = message[4] }
redis.call('HSET', versions, whole(offset), cjson.encode(earlier))
message[4] = text
-- By the clock of another node it may have been edited later than now: clients keep the newest.
message[5].editedAt = math.max(now, message[5].editedAt or 0)
return change({ messages = messages, meta = meta, changes = changes, published = published, log = log, nudge = nudge },
  channel, offset, field, keep, found)
