#!lua
-- By the link in a mail: no more notices that are not official, or again. Of somebody unknown nothing is kept.
-- KEYS 1 contacts hash person -> JSON
-- ARGV 1 person   2 '1' to get them, '0' to get none
-- Returns the contact as JSON, or nil.
local contacts, person, wanted = KEYS[1], ARGV[1], ARGV[2] == '1'

local stored = redis.call('HGET', contacts, person)
if not stored then return nil end
local contact = cjson.decode(stored)
contact.unsubscribed = not wanted or nil
local own = cjson.decode(contact.own or '{}')
local digest = own.digest or cjson.decode(contact.agency or '{}').digest
if wanted and digest == 'off' then
  own.digest = 'each'
  contact.own = cjson.encode(own)
end
local json = cjson.encode(contact)
redis.call('HSET', contacts, person, json)
return json
