-- Changing a message that is stored, for edit, remove and pin: this text stands before the script's own, after message.lua.
-- A change takes the next position of the channel, so that whoever resumes is told of it.

-- The message that may be changed and where it lies; or nil and a word that says why it may not.
local function changeable(messages, meta, offset)
  local stand = redis.call('HMGET', meta, 'epoch', 'last', 'changes', 'first')
  local first = tonumber(stand[4] or '1')
  if not stand[1] or offset < first or offset > tonumber(stand[2]) then return nil, 'missing' end
  local index = offset - first
  local message = cjson.decode(redis.call('LINDEX', messages, index))
  message[5] = message[5] or {}
  if message[5].system then return nil, 'missing' end
  if message[5].deletedAt then return nil, 'deleted' end
  return { message = message, index = index, epoch = stand[1],
    position = tonumber(stand[2]) + tonumber(stand[3] or '0') + 1 }
end

-- Puts the changed message in the place of what it was, numbers the change and tells it.
-- keys: messages, meta, changes, published, log, nudge
-- field: under which the act is remembered (fieldOf)
local function change(keys, channel, offset, field, keep, found)
  local message, position = found.message, whole(found.position)
  redis.call('LSET', keys.messages, found.index, encoded(message))
  redis.call('HINCRBY', keys.meta, 'changes', 1)
  redis.call('ZADD', keys.changes, position, position .. ' ' .. whole(offset))
  remember(keys.published, field, whole(offset) .. ' ' .. position, keep)
  local json = messageJson(whole(offset), message[1], message[2], whole(message[3]), cjson.encode(message[4]),
    message[5] and cjson.encode(message[5]) or '')
  emit(keys.log, keys.nudge, 'channel:' .. channel, position, 'chat.messageChanged',
    frameOf('chat.messageChanged', channel, json, found.epoch, position))
  return { 'changed', found.epoch, found.position }
end

-- What a repeat of this act is answered with; nil for a new one.
local function repeated(meta, published, neighbour, field)
  local before = remembered(published, neighbour, field)
  return before and { 'changed', redis.call('HGET', meta, 'epoch') or '', tonumber(string.match(before, ' (%d+)$')) }
end
