#!lua
-- A message did not come about: its files belong to none again, and are swept when that lasts.
-- KEYS 1 records hash id -> JSON   2 pending zset <channel>/<id> -> since (ms)
-- ARGV 1 channel   2 person   3 key of the message   4 now (ms)   5 … ids
local records, pending = unpack(KEYS)
local channel, person, messageKey, now = unpack(ARGV)

for n = 5, #ARGV do
  local json = redis.call('HGET', records, ARGV[n])
  local record = json and cjson.decode(json)
  if record and record.state == 'attached' and record.by == person and record.messageKey == messageKey then
    record.state, record.messageKey = 'uploaded', nil
    redis.call('HSET', records, ARGV[n], cjson.encode(record))
    redis.call('ZADD', pending, now, channel .. '/' .. ARGV[n])
  end
end
