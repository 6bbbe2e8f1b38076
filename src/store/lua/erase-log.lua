#!lua
-- Replace the entries of a log that are about somebody by one that says nothing, at the same numbers. The log is made anew:
-- an entry of a stream cannot be changed, and of one that is deleted the bytes stay, in memory, file and copies.
-- KEYS 1 log stream, ids 0-1, 0-2 …, field e
-- ARGV 1 person   2 the entry that says nothing
-- Returns how many.
local log, person, nothing = KEYS[1], ARGV[1], ARGV[2]
local topic, mention = 'person:' .. person .. ' ', '"' .. person .. '"'

local entries, found = redis.call('XRANGE', log, '-', '+'), 0
for _, entry in ipairs(entries) do
  local text = entry[2][2]
  -- An id in JSON stands between quotes; within a text they would be escaped.
  if string.sub(text, 1, #topic) == topic or string.find(text, mention, 1, true) then
    entry[2][2] = nothing
    found = found + 1
  end
end
if found == 0 then return 0 end
redis.call('DEL', log)
for _, entry in ipairs(entries) do redis.call('XADD', log, entry[1], 'e', entry[2][2]) end
return found
