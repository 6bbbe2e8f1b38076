#!lua
-- Forget a channel: everything of it goes, and for a while nothing makes it anew (publish.lua). A repeat finds nothing more.
-- KEYS 1 meta hash   2 channels zset   3 open zset   4 unread zset   5 dropped set of <channel>/<attachment>   6 log stream
--      7 nudge channel   8 … all other keys of the channel
-- ARGV 1 channel   2 for how long it is not made anew (ms)
-- Returns how many messages there were.
local meta, channels, open, unread, dropped, log, nudge = unpack(KEYS)
local channel, fence = unpack(ARGV)

local last, first = unpack(redis.call('HMGET', meta, 'last', 'first'))
local count = last and tonumber(last) - tonumber(first or '1') + 1 or 0
redis.call('UNLINK', meta, unpack(KEYS, 8))
redis.call('ZREM', channels, channel)
redis.call('ZREM', open, channel)
redis.call('ZREM', unread, channel)
for _, member in ipairs(redis.call('SMEMBERS', dropped)) do
  if string.sub(member, 1, #channel + 1) == channel .. '/' then redis.call('SREM', dropped, member) end
end
redis.call('HSET', meta, 'erased', 1)
redis.call('PEXPIRE', meta, fence)
emit(log, nudge, 'fact', '-', 'chat.channelForgotten', '{"channel":"' .. channel .. '"}')
return count
