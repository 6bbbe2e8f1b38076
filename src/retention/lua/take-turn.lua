#!lua
-- Take the next turn of a region, unless somebody has it: of all nodes one looks at a time, and goes on where the last was.
-- KEYS 1 turn hash: cursor (the last person looked at), until (ms)
-- ARGV 1 how long it is nobody else's (ms)
-- Returns the cursor, '' at the beginning, or nil.
local turn, lasts = KEYS[1], tonumber(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local taken, cursor = unpack(redis.call('HMGET', turn, 'until', 'cursor'))
if now < tonumber(taken or '0') then return nil end
redis.call('HSET', turn, 'until', string.format('%.0f', now + lasts))
return cursor or ''
