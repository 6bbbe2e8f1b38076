-- The clock of an answer, for scripts that change it other than by a new message: this text stands after message.lua.

-- When the first of the jobseeker's messages was written that stand after the last answer and after what needs none; nil for none.
-- Deleted ones and those of the service count for nothing.
local function waitingSince(messages, channel, first, last, settled)
  local since
  local lowest = math.max(first, settled + 1)
  for to = last, lowest, -50 do
    local from = math.max(to - 49, lowest)
    local found = redis.call('LRANGE', messages, from - first, to - first)
    for n = #found, 1, -1 do
      local message = cjson.decode(found[n])
      local more = message[5] or {}
      if not more.deletedAt and not more.system then
        if message[2] ~= channel then return since end
        since = message[3]
      end
    end
  end
  return since
end

-- Brings the clock to what now stands in the channel, and tells whoever is there if it has moved.
-- keys: messages, meta, open, log, nudge
local function moveWait(keys, channel, now)
  local stand = redis.call('HMGET', keys.meta, 'first', 'last', 'settled', 'side', 'since', 'alerted')
  local first, last, settled = tonumber(stand[1] or '1'), tonumber(stand[2] or '0'), tonumber(stand[3] or '0')
  local since = waitingSince(keys.messages, channel, first, last, settled)
  if since == (stand[4] == 'j' and tonumber(stand[5]) or nil) then return end
  if since then
    redis.call('HSET', keys.meta, 'side', 'j', 'since', whole(since))
  else
    redis.call('HSET', keys.meta, 'side', 'a')
  end
  if since or stand[6] then
    redis.call('ZADD', keys.open, now, channel)
  else
    redis.call('ZREM', keys.open, channel)
  end
  local data = '{"channel":"' .. channel .. '"' .. (since and ',"waitingSince":' .. whole(since) or '') .. '}'
  emit(keys.log, keys.nudge, 'channel:' .. channel, '-', 'chat.waitingMoved',
    '{"event":"chat.waitingMoved","data":' .. data .. '}')
end
