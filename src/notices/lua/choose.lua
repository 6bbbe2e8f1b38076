#!lua
-- What somebody has chosen for themselves. Whatever waits for a later hour is looked at again.
-- KEYS 1–5 outbox (outbox.lua)    6 contacts hash person -> JSON    7 erased zset of whom nothing is made
-- ARGV 1 person   2 preferences, JSON
-- Returns the contact as JSON, or nil for somebody who is erased.
local person, own = unpack(ARGV)
local contacts, now = KEYS[6], clock()

if redis.call('ZSCORE', KEYS[7], person) then return nil end
local contact = cjson.decode(redis.call('HGET', contacts, person) or '{}')
contact.own, contact.unsubscribed = own, nil
local json = cjson.encode(contact)
redis.call('HSET', contacts, person, json)
for _, key in ipairs(keysOf(outbox.open, person)) do
  local notice = read(key)
  if notice.state == 'waiting' and not notice.attempts then
    redis.call('ZADD', outbox.due, math.max(notice.at, now), key)
  end
end
return json
