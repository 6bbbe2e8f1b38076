#!lua
-- Erase the contact and the notices of somebody. What is to be the last they hear, and waits to be sent, takes the address
-- along and goes with it.
-- KEYS 1–5 outbox (outbox.lua)    6 contacts hash person -> JSON
-- ARGV 1 person   2 ms that the last notice may still wait
-- Returns how many notices went.
local person, patience = ARGV[1], tonumber(ARGV[2])
local contacts = KEYS[6]

local contact = cjson.decode(redis.call('HGET', contacts, person) or '{}')
local language = cjson.decode(contact.own or '{}').language or cjson.decode(contact.agency or '{}').language or 'fr'
local removed = 0
for _, key in ipairs(keysOf(outbox.own, person)) do
  local notice = read(key)
  if notice.last and contact.email and not notice.to then
    notice.to = { email = contact.email, language = language }
    redis.call('HSET', outbox.notices, key, cjson.encode(notice))
    redis.call('ZADD', outbox.expiring, clock() + patience, key)
  elseif not notice.to then
    remove(notice)
    removed = removed + 1
  end
end
redis.call('HDEL', contacts, person)
return removed
