#!lua
-- Where the service has named somebody in a channel, their id stands for the name from now on.
-- KEYS 1 messages list (message.lua)   2 meta hash   3 changes zset   4 published hash   5 log stream   6 nudge channel
-- ARGV 1 channel   2 person   3 ms a period of keys is kept
-- Returns how many messages were changed.
local messages, meta, changes, published, log, nudge = unpack(KEYS)
local channel, person, keep = unpack(ARGV)
local keys = { messages = messages, meta = meta, changes = changes, published = published, log = log, nudge = nudge }

local epoch, last, first, told = unpack(redis.call('HMGET', meta, 'epoch', 'last', 'first', 'changes'))
if not epoch then return 0 end
local changed, length = 0, redis.call('LLEN', messages)
for from = 0, length - 1, 500 do
  for n, json in ipairs(redis.call('LRANGE', messages, from, from + 499)) do
    local message = string.find(json, '"system"', 1, true) and cjson.decode(json)
    local named = message and message[5] and message[5].system and message[5].system.person
    if named and named.id == person and named.name ~= person then
      named.name = person
      changed = changed + 1
      local index = from + n - 1
      local offset, position = tonumber(first or '1') + index, tonumber(last) + tonumber(told or '0') + changed
      change(keys, channel, offset, fieldOf('n', whole(offset), person), keep,
        { message = message, index = index, epoch = epoch, position = position })
    end
  end
end
return changed
