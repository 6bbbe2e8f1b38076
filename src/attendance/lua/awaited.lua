#!lua
-- It was looked who has not come: nothing of the kind is due any more, unless the window has changed since.
-- KEYS 1 record hash   2 due zset   ARGV 1 appointment   2 begin of the window that was looked at (ms)
local record, due = unpack(KEYS)
local appointment, from = unpack(ARGV)

local now = redis.call('HGET', record, 'from')
if not now or now == from then redis.call('ZREM', due, 'awaited/' .. appointment) end
