#!lua
-- Where notices to others that are not sent yet name somebody, their id stands from now on: a slice of all notices.
-- KEYS 1 notices hash key -> JSON
-- ARGV 1 name and 2 what stands for it, both as JSON   3 cursor, 0 to begin   4 notices to look at, about
-- Returns the cursor to go on with, 0 at the end.
local notices, name, id, cursor, count = KEYS[1], unpack(ARGV)

local next, fields = unpack(redis.call('HSCAN', notices, cursor, 'COUNT', count))
for n = 1, #fields, 2 do
  local notice = fields[n] ~= '#' and cjson.decode(fields[n + 1])
  local before = notice and notice.data
  while before do
    local from, to = string.find(notice.data, name, 1, true)
    if not from then break end
    notice.data = string.sub(notice.data, 1, from - 1) .. id .. string.sub(notice.data, to + 1)
  end
  if before and before ~= notice.data then redis.call('HSET', notices, fields[n], cjson.encode(notice)) end
end
return next
