#!lua
-- Append a message to a channel, once per idempotency key. Every call here is paid for by each message.
-- KEYS 1 messages list (message.lua)      2 meta hash: epoch, last, changes, first, side, since, alerted, watched, @<person>, ~<person>
--      3 published, 4 of the neighbouring period: hash key -> "<offset> <position>" (fieldOf in message.lua)
--      5 channels zset      6 open zset channel -> when to look at its clock (ms)      7 unread zset channel -> when to look whether
--      it was read (ms)      8 log stream (store/lua/events.lua)      9 nudge channel      10 uncounted zset, for the service itself
-- ARGV 1 key   2 sender   3 text   4 at (ms)   5 channel   6 epoch to use if the channel is new
--      7 ms a period of keys is kept   8 what else there is of the message, a JSON object or ''   9 offset replied to, or 0
--      10 most messages a minute of one sender, or 0   11 side of the sender: j, a, or '' for the service itself
-- Returns { 'stored', offset, epoch, position, at } of the message stored under this key, now or earlier;
-- and, when it is the answer a jobseeker waited for, since when they did (ms; else '');
-- { 'tooFast', ms to wait }; { 'noSuchMessage' } for what is replied to; or { 'erased' }: the channel was forgotten.
local messages, meta, published, neighbour, channels, open, unread, log, nudge, uncounted = unpack(KEYS)
local key, sender, text, at, channel, newEpoch, keep, more, replyTo, most, side = unpack(ARGV)

local stand =
  redis.call('HMGET', meta, 'epoch', 'last', 'changes', 'first', 'side', 'alerted', 'watched', 'erased', '~' .. sender, 'since')
if stand[8] then return { 'erased' } end
local epoch, last, changes, first = stand[1] or newEpoch, tonumber(stand[2] or '0'), tonumber(stand[3] or '0'), stand[4]
-- The answer to a repeat; nil when it was somebody else who used the key.
local function repeated(place)
  local offset, position = string.match(place, '^(%d+) (%d+)$')
  local index = indexOf(tonumber(offset), first)
  local json = index >= 0 and redis.call('LINDEX', messages, index)
  local message = json and cjson.decode(json)
  if message and message[2] ~= sender then return nil end
  return { 'stored', tonumber(offset), epoch, tonumber(position), message and message[3] or tonumber(at), '' }
end
local field = key
local before = stand[1] and remembered(published, neighbour, field)
if before then
  local answer = repeated(before)
  if answer then return answer end
  field = fieldOf('m', key, sender)
  before = remembered(published, neighbour, field)
  if before then return repeated(before) end
end
if tonumber(replyTo) > last or (replyTo ~= '0' and tonumber(replyTo) < tonumber(first or '1')) then
  return { 'noSuchMessage' }
end

-- Only where so many messages are younger than a minute is it worth counting whose they are.
local limit = tonumber(most)
local edge = limit > 0 and redis.call('LINDEX', messages, -limit)
if edge and cjson.decode(edge)[3] > at - 60000 then
  local count, oldest = 0
  for _, element in ipairs(redis.call('LRANGE', messages, -3 * limit, -1)) do
    local message = cjson.decode(element)
    if message[2] == sender and message[3] > at - 60000 then
      count, oldest = count + 1, oldest or message[3]
    end
  end
  if count >= limit then return { 'tooFast', oldest + 60000 - at } end
end

local offset, position = whole(last + 1), whole(last + 1 + changes)
local json = cjson.encode(text)
redis.call('RPUSH', messages, '["' .. key .. '","' .. sender .. '",' .. at .. ',' .. json .. (more == '' and ']' or ',' .. more .. ']'))
redis.call('HSET', published, field, offset .. ' ' .. position)
redis.call('PEXPIRE', published, keep, 'NX')
-- Who writes has read what came before. The jobseeker waits from their first message on, until the other side answers.
if side ~= '' and side ~= stand[5] then
  redis.call('HSET', meta, 'epoch', epoch, 'last', offset, '@' .. sender, offset, 'side', side, 'since', at)
  -- Most get their answer within a minute, and nobody needs to look. Whoever was alerted is to hear of the answer at once.
  if side == 'j' then
    redis.call('ZADD', open, at + 60000, channel)
  elseif stand[6] then
    redis.call('ZADD', open, at, channel)
  else
    redis.call('ZREM', open, channel)
  end
elseif side == '' then
  redis.call('HSET', meta, 'epoch', epoch, 'last', offset)
  redis.call('ZADD', uncounted, offset, offset)
else
  redis.call('HSET', meta, 'epoch', epoch, 'last', offset, '@' .. sender, offset)
end
-- Once for all messages until somebody has looked; at once where a mail may be on its way to whoever is writing here.
if side ~= '' and stand[7] ~= '1' then
  redis.call('ZADD', unread, stand[7] and at or at + 60000, channel)
  if not stand[7] then redis.call('HSET', meta, 'watched', 1) end
end
if stand[9] then redis.call('HDEL', meta, '~' .. sender) end
if not stand[1] then redis.call('ZADD', channels, 0, channel) end
-- Made here and not sent along: Redis reads 16 kB of commands before it flushes its log, so short ones share a flush.
emit(log, nudge, 'channel:' .. channel, position, 'chat.messagePublished',
  frameOf('chat.messagePublished', channel, messageJson(offset, key, sender, at, json, more), epoch, position))
return { 'stored', tonumber(offset), epoch, tonumber(position), tonumber(at), side == 'a' and stand[5] == 'j' and stand[10] or '' }
