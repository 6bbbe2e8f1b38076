#!lua
-- Append a message to a channel, once per idempotency key.
-- KEYS 1 messages  stream, entry id <offset>-0, fields k, f, t, a (keys.ts)
--      2 meta      hash: epoch, last
--      3 read      hash: person -> offset
--      4 published string: offset:epoch:at of this key's message
--      5 log       stream (store/lua/events.lua)      6 nudge channel
-- ARGV 1 key   2 sender   3 text   4 at (ms)   5 the message as JSON without its offset, beginning with {
--      6 channel   7 epoch to use if the channel is new   8 ms a key is remembered
-- Returns { offset, epoch, at } of the message stored under this key, now or earlier.
local messages, meta, read, published, log, nudge = unpack(KEYS)
local key, sender, text, at, json, channel, newEpoch, remember = unpack(ARGV)

local before = redis.call('GET', published)
if before then
  local offset, epoch, when = string.match(before, '^(%d+):([^:]*):(%d+)$')
  return { tonumber(offset), epoch, tonumber(when) }
end

local epoch = redis.call('HGET', meta, 'epoch')
if not epoch then
  epoch = newEpoch
  redis.call('HSET', meta, 'epoch', epoch)
end
local offset = redis.call('HINCRBY', meta, 'last', 1)
local id = string.format('%.0f', offset)
redis.call('XADD', messages, id .. '-0', 'k', key, 'f', sender, 't', text, 'a', at)
-- Who writes has read what came before.
redis.call('HSET', read, sender, id)
redis.call('SET', published, id .. ':' .. epoch .. ':' .. at, 'PX', remember)
-- JSON comes ready made: what Lua's encoder writes is not what JSON.stringify would.
emit(log, nudge, 'channel:' .. channel, id, 'chat.messagePublished',
  '{"event":"chat.messagePublished","data":{"channel":"' .. channel ..
  '","message":{"offset":' .. id .. ',' .. string.sub(json, 2) .. '},"stream":"channel:' .. channel ..
  '","position":{"epoch":"' .. epoch .. '","offset":' .. id .. '}}')
return { offset, epoch, tonumber(at) }
