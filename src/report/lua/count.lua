#!lua
-- Count something once. What turns out to be something else within the same week is counted as that instead; later it stays.
-- KEYS 1 counts hash <week>/<measure> -> number    2 counted string <week>/<measure>
-- ARGV 1 week   2 measure   3 ms it is remembered
-- Returns 1 when that changed a count, else 0.
local counts, counted = unpack(KEYS)
local week, measure, remember = unpack(ARGV)
local field = week .. '/' .. measure

local before = redis.call('GET', counted)
if before == field or (before and string.sub(before, 1, #week + 1) ~= week .. '/') then return 0 end
if before then redis.call('HINCRBY', counts, before, -1) end
redis.call('HINCRBY', counts, field, 1)
redis.call('SET', counted, field, 'PX', remember)
return 1
