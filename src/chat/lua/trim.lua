#!lua
-- Take the oldest messages away whose time is over, with all that hangs on them. What waits for an answer stays, and all
-- after it. It takes the next position of the channel, so that whoever follows it is told.
-- KEYS 1 messages list (message.lua)   2 meta hash   3 changes zset   4 uncounted zset   5 versions hash   6 pins zset
--      7 dropped set of <channel>/<attachment>   8 log stream   9 nudge channel
-- ARGV 1 channel   2 those written before (ms)   3 most messages   4 '1' to keep what waits for an answer
-- Returns how many went.
local messages, meta, changes, uncounted, versions, pins, dropped, log, nudge = unpack(KEYS)
local channel, before, most, keeps = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4] == '1'

local stand = redis.call('HMGET', meta, 'epoch', 'last', 'changes', 'first', 'side', 'since')
if not stand[1] then return 0 end
local last, changed, first = tonumber(stand[2]), tonumber(stand[3] or '0'), tonumber(stand[4] or '1')
if keeps and stand[5] == 'j' then before = math.min(before, tonumber(stand[6])) end

local gone = {}
for n, element in ipairs(redis.call('LRANGE', messages, 0, most - 1)) do
  local message = cjson.decode(element)
  -- Clocks of nodes differ a little: nothing goes before what stands before it.
  if message[3] >= before then break end
  gone[n] = whole(first + n - 1)
  for _, attachment in ipairs((message[5] or {}).attachments or {}) do
    redis.call('SADD', dropped, channel .. '/' .. attachment.id)
  end
end
if #gone == 0 then return 0 end
local newest = first + #gone - 1
redis.call('LTRIM', messages, #gone, -1)
redis.call('HDEL', versions, unpack(gone))
redis.call('ZREM', pins, unpack(gone))
redis.call('ZREMRANGEBYSCORE', uncounted, '-inf', newest)

-- Changes that lie before the newest message that went: from there on nobody is told one by one (since.lua). They go from
-- the beginning without a gap, so that the number of those that went is how many are missing.
local missing = changed - redis.call('ZCARD', changes)
local old = redis.call('ZRANGE', changes, 0, 2 * most - 1, 'WITHSCORES')
local prune = 0
while prune < #old / 2 and tonumber(old[2 * prune + 2]) - (missing + prune + 1) < newest do prune = prune + 1 end
if prune > 0 then redis.call('ZREMRANGEBYRANK', changes, 0, prune - 1) end

local position, kept = whole(last + changed + 1), whole(newest + 1)
redis.call('HSET', meta, 'first', kept, 'changes', whole(changed + 1))
redis.call('ZADD', changes, position, position .. ' ' .. whole(newest))
emit(log, nudge, 'channel:' .. channel, position, 'chat.messagesExpired',
  '{"event":"chat.messagesExpired","data":{"channel":"' .. channel .. '","retainedFrom":' .. kept ..
  '},"stream":"channel:' .. channel .. '","position":{"epoch":"' .. stand[1] .. '","offset":' .. position .. '}}')
return #gone
