#!lua
-- Attach files to a message of whoever sent them: all of them, or none. They stay pending: the sweep asks whether the message
-- came about.
-- KEYS 1 records hash id -> JSON   2 pending zset <channel>/<id> -> since (ms)
-- ARGV 1 channel   2 person   3 key of the message   4 now (ms)   5 … ids
-- Returns { 'claimed', JSON of each }, { 'missing', id } or, attached to another message, { 'taken', id }.
local records, pending = unpack(KEYS)
local channel, person, messageKey, now = unpack(ARGV)

local found = {}
for n = 5, #ARGV do
  local json = redis.call('HGET', records, ARGV[n])
  local record = json and cjson.decode(json)
  -- Somebody else's is answered like none.
  if not record or record.state == 'uploading' or record.by ~= person then return { 'missing', ARGV[n] } end
  if record.state == 'attached' and record.messageKey ~= messageKey then return { 'taken', ARGV[n] } end
  found[#found + 1] = record
end
local claimed = { 'claimed' }
for n, record in ipairs(found) do
  local id = ARGV[n + 4]
  record.state, record.messageKey = 'attached', messageKey
  local json = cjson.encode(record)
  redis.call('HSET', records, id, json)
  redis.call('ZADD', pending, now, channel .. '/' .. id)
  claimed[#claimed + 1] = json
end
return claimed
