-- Events, for every script that makes some: this text stands before the script's own (store/script.ts).
-- The log of a shard is the truth of what happened in it, in order; the nudge only saves its followers the asking.

local LOG_LENGTH, FEED_LENGTH = 10000, 500

-- Append an event to the log of the shard, and nudge whoever follows it.
-- log stream, ids 0-1, 0-2 …, field e: "<topic> <offset or -> <name> <text>"      nudge: shard channel
local function emit(log, nudge, topic, offset, name, text)
  local entry = topic .. ' ' .. offset .. ' ' .. name .. ' ' .. text
  local id = redis.call('XADD', log, 'MAXLEN', '~', LOG_LENGTH, '0-*', 'e', entry)
  redis.call('SPUBLISH', nudge, string.sub(id, 3) .. ' ' .. entry)
end

-- An event in the personal feed of somebody: numbered 1, 2, 3 …, kept for whoever resumes, and told to who is there.
-- feeds hash: <person> -> last offset, <person>/epoch, <person>/<offset> -> frame
local function feed(feeds, log, nudge, person, name, data)
  local last, epoch = unpack(redis.call('HMGET', feeds, person, person .. '/epoch'))
  local number = (tonumber(last) or 0) + 1
  local offset = string.format('%.0f', number)
  if not epoch then
    local time = redis.call('TIME')
    epoch = string.format('%x%05x', time[1], time[2])
    redis.call('HSET', feeds, person .. '/epoch', epoch)
  end
  local frame = '{"event":"' .. name .. '","data":' .. data .. ',"stream":"person:' .. person ..
    '","position":{"epoch":"' .. epoch .. '","offset":' .. offset .. '}}'
  redis.call('HSET', feeds, person, offset, person .. '/' .. offset, frame)
  if number > FEED_LENGTH then
    redis.call('HDEL', feeds, person .. '/' .. string.format('%.0f', number - FEED_LENGTH))
  end
  emit(log, nudge, 'person:' .. person, offset, name, frame)
end
