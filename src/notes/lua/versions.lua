#!lua flags=no-writes
-- Read earlier texts of a note, newest first.
-- KEYS 1 notes hash id -> JSON     2 versions hash id -> how many, <id>/<n> -> JSON
-- ARGV 1 id   2 the version before which they were, 0 for the newest   3 most versions to return
-- Returns { 'ok', number of the first one returned, JSON of each }, or { 'missing' }.
local notes, versions = unpack(KEYS)
local id, before, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

if redis.call('HEXISTS', notes, id) == 0 then return { 'missing' } end
local count = tonumber(redis.call('HGET', versions, id) or '0')
local first = before == 0 and count or math.min(before - 1, count)
local found = { 'ok', first }
for n = first, math.max(first - most + 1, 1), -1 do
  found[#found + 1] = redis.call('HGET', versions, id .. '/' .. string.format('%.0f', n))
end
return found
