-- Messages, for every script that reads or makes some: this text stands before the script's own (store/script.ts).
-- A stored message is JSON: [key, sender, at, text] and, where there is more to say of it, an object with fields of the
-- protocol's Message (replyTo, attachments, editedAt, deletedAt, pinned, system). What it takes is what it is kept in.

local function whole(number)
  return string.format('%.0f', number)
end

-- The message of the protocol as JSON. `text` is JSON already, `more` the JSON object of what else there is, or ''.
local function messageJson(offset, key, sender, at, text, more)
  local rest = (more == '' or more == '{}') and '}' or ',' .. string.sub(more, 2)
  return '{"offset":' .. offset .. ',"key":"' .. key .. '","from":"' .. sender .. '","text":' .. text ..
    ',"at":' .. at .. rest
end

local function frameOf(event, channel, message, epoch, position)
  return '{"event":"' .. event .. '","data":{"channel":"' .. channel .. '","message":' .. message ..
    '},"stream":"channel:' .. channel .. '","position":{"epoch":"' .. epoch .. '","offset":' .. position .. '}}'
end

-- The element of a list, and the place of an offset in it.
local function encoded(message)
  if message[5] and next(message[5]) == nil then message[5] = nil end
  return cjson.encode(message)
end

local function indexOf(offset, first)
  return offset - tonumber(first or '1')
end

-- Under which field an act of somebody is remembered: the same key, used by somebody else or for another act, is another
-- one. A message has the bare key, which costs it the least, unless somebody else had it first.
-- act: m message, e edit, d deletion, p pin, r read, u unread, n name forgotten
local function fieldOf(act, key, who)
  return '/' .. act .. redis.sha1hex(key .. ' ' .. who)
end

-- What is remembered of a field in this period of keys or the neighbouring one.
local function remembered(published, neighbour, field)
  return redis.call('HGET', published, field) or redis.call('HGET', neighbour, field)
end

-- That an act was done, and what came of it.
local function remember(published, field, outcome, keep)
  redis.call('HSET', published, field, outcome)
  redis.call('PEXPIRE', published, keep, 'NX')
end
