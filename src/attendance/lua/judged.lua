#!lua
-- A verdict was made of all the evidence up to an entry: nothing is due any more, unless more has come since.
-- KEYS 1 record hash   2 due zset   ARGV 1 appointment   2 n of the newest evidence that was judged
local record, due = unpack(KEYS)
local appointment, judged = unpack(ARGV)

local evidence = redis.call('HGET', record, 'evidence')
if not evidence or evidence == judged then redis.call('ZREM', due, 'verdict/' .. appointment) end
