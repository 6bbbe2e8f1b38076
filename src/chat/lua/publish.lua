#!lua
-- Append a message to a channel, once per idempotency key. Every call here is paid for by each message: there are six.
-- KEYS 1 messages  stream, entry id <offset>-0, fields k, f, t, a (keys.ts)
--      2 meta      hash: epoch, last, @<person>
--      3 published string: offset:epoch:at of this key's message
--      4 log       stream (store/lua/events.lua)      5 nudge channel
-- ARGV 1 key   2 sender   3 text   4 at (ms)   5 channel   6 epoch to use if the channel is new
--      7 ms a key is remembered
-- Returns { offset, epoch, at } of the message stored under this key, now or earlier.
local messages, meta, published, log, nudge = unpack(KEYS)
local key, sender, text, at, channel, newEpoch, remember = unpack(ARGV)

local stand = redis.call('HMGET', meta, 'epoch', 'last')
local epoch, offset = stand[1] or newEpoch, tonumber(stand[2] or '0') + 1
local id = string.format('%.0f', offset)
local before = redis.call('SET', published, id .. ':' .. epoch .. ':' .. at, 'NX', 'GET', 'PX', remember)
if before then
  local first, itsEpoch, when = string.match(before, '^(%d+):([^:]*):(%d+)$')
  return { tonumber(first), itsEpoch, tonumber(when) }
end

-- Who writes has read what came before.
redis.call('HSET', meta, 'epoch', epoch, 'last', id, '@' .. sender, id)
redis.call('XADD', messages, id .. '-0', 'k', key, 'f', sender, 't', text, 'a', at)
-- Made here and not sent along: Redis reads 16 kB of commands before it flushes its log, so short ones share a flush.
emit(log, nudge, 'channel:' .. channel, id, 'chat.messagePublished',
  '{"event":"chat.messagePublished","data":{"channel":"' .. channel ..
  '","message":{"offset":' .. id .. ',"key":"' .. key .. '","from":"' .. sender .. '","text":' .. cjson.encode(text) ..
  ',"at":' .. at .. '}},"stream":"channel:' .. channel ..
  '","position":{"epoch":"' .. epoch .. '","offset":' .. id .. '}}')
return { offset, epoch, tonumber(at) }
