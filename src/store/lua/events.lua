-- Events, for every script that makes some: this text stands before the script's own (store/script.ts).
-- The log of a shard is the truth of what happened in it, in order; the nudge only saves its followers the asking.

-- Found once: Lua looks for a global, and then for its field, each time that it is named.
local call, format, match, find, sub = redis.call, string.format, string.match, string.find, string.sub
local tonumber, unpack = tonumber, unpack

local LOG_LENGTH, FEED_LENGTH = '10000', 500

-- Append an event to the log of the shard, and nudge whoever follows it.
-- log stream, ids 0-1, 0-2 …, field e: "<topic> <offset or -> <name> <text>"      nudge: shard channel
local function emit(log, nudge, topic, offset, name, text)
  local entry = topic .. ' ' .. offset .. ' ' .. name .. ' ' .. text
  local id = redis.call('XADD', log, 'MAXLEN', '~', LOG_LENGTH, '0-*', 'e', entry)
  redis.call('SPUBLISH', nudge, string.sub(id, 3) .. ' ' .. entry)
end

-- Events in the personal feeds of several people, one each: numbered 1, 2, 3 …, kept for whoever resumes, and told to who is
-- there. What all of them need of Redis is asked for, and kept, at once.
-- feeds hash: <person> -> last offset, <person>/epoch, <person>/<offset> -> frame
-- told: { person, name, what stands before the text, and behind it } of each      text: what all of them are told
local function feed_each(feeds, log, nudge, told, text)
  local asked, kept, gone, entries = {}, {}, {}, {}
  for n = 1, #told do
    asked[2 * n - 1], asked[2 * n] = told[n][1], told[n][1] .. '/epoch'
  end
  local known = redis.call('HMGET', feeds, unpack(asked))
  for n = 1, #told do
    local person, name, before, behind = unpack(told[n])
    local number, epoch = (tonumber(known[2 * n - 1]) or 0) + 1, known[2 * n]
    local offset = string.format('%d', number)
    if not epoch then
      local time = redis.call('TIME')
      epoch = string.format('%x%05x', time[1], time[2])
      kept[#kept + 1], kept[#kept + 2] = person .. '/epoch', epoch
    end
    local frame = '{"event":"' .. name .. '","data":' .. before .. text .. behind .. ',"stream":"person:' .. person ..
      '","position":{"epoch":"' .. epoch .. '","offset":' .. offset .. '}}'
    kept[#kept + 1], kept[#kept + 2] = person, offset
    kept[#kept + 1], kept[#kept + 2] = person .. '/' .. offset, frame
    if number > FEED_LENGTH then gone[#gone + 1] = person .. '/' .. string.format('%d', number - FEED_LENGTH) end
    entries[n] = { offset, frame }
  end
  redis.call('HSET', feeds, unpack(kept))
  if #gone > 0 then redis.call('HDEL', feeds, unpack(gone)) end
  for n = 1, #told do emit(log, nudge, 'person:' .. told[n][1], entries[n][1], told[n][2], entries[n][2]) end
end

-- The same for one of them.
local function feed(feeds, log, nudge, person, name, data)
  feed_each(feeds, log, nudge, { { person, name, '', '' } }, data)
end
