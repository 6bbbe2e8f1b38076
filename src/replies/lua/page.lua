#!lua flags=no-writes
-- A page of the canned replies of one owner, in the order of their ids. They are few: sorting them needs no index.
-- KEYS 1 replies hash id -> JSON
-- ARGV 1 only ids after this one, '' for all   2 with so many bytes a page is full
-- Returns { id after which the next page begins or '', each reply as JSON … }.
local replies, after, full = KEYS[1], ARGV[1], tonumber(ARGV[2])
local ids = redis.call('HKEYS', replies)
table.sort(ids)

local found, bytes, last = { '' }, 0, ''
for _, id in ipairs(ids) do
  if id > after then
    if bytes >= full then
      found[1] = last
      break
    end
    local json = redis.call('HGET', replies, id)
    found[#found + 1] = json
    bytes, last = bytes + #json, id
  end
end
return found
