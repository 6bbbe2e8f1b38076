#!lua
-- What the agency says of somebody: where notices go, and how, as far as they have not chosen that themselves.
-- KEYS 1 contacts hash person -> JSON    2 erased zset of whom nothing is made (store/fence.ts)
-- ARGV 1 person   2 e-mail address   3 preferences, JSON
-- Returns { 1 if that changed anything, contact as JSON }, or nil for somebody who is erased.
local contacts, person, email, agency = KEYS[1], unpack(ARGV)

if redis.call('ZSCORE', KEYS[2], person) then return nil end
local stored = redis.call('HGET', contacts, person)
local contact = cjson.decode(stored or '{}')
if contact.email == email and contact.agency == agency then return { 0, stored } end
contact.email, contact.agency = email, agency
local json = cjson.encode(contact)
redis.call('HSET', contacts, person, json)
return { 1, json }
