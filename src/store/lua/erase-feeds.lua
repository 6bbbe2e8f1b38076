#!lua
-- Remove the feed of somebody, and what is about them from the feeds of others: a slice of all. Whoever resumes from before
-- a frame that is gone gets a snapshot (feed-since.lua).
-- KEYS 1 feeds hash: <person> -> last offset, <person>/epoch, <person>/<offset> -> frame
-- ARGV 1 person   2 cursor, 0 to begin   3 fields to look at, about
-- Returns { cursor to go on with, 0 at the end; frames removed }.
local feeds, person, cursor, count = KEYS[1], unpack(ARGV)
local own, mention = person .. '/', '"' .. person .. '"'

local next, fields = unpack(redis.call('HSCAN', feeds, cursor, 'COUNT', count))
local removed = 0
for n = 1, #fields, 2 do
  local field = fields[n]
  if field == person or string.sub(field, 1, #own) == own or string.find(fields[n + 1], mention, 1, true) then
    redis.call('HDEL', feeds, field)
    if field ~= person and field ~= own .. 'epoch' and field ~= own .. 'aged' then removed = removed + 1 end
  end
end
return { next, removed }
