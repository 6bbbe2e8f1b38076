#!lua
-- The advisor who holds the lease takes the callback. A repeat with the same token gives the same.
-- KEYS 1 callbacks hash id -> JSON        2 history hash <id>/<n> -> JSON     3 leased zset id -> leaseUntil
--      4 feeds hash, 5 log stream, 6 nudge channel (store/lua/events.lua)
-- ARGV 1 id   2 advisor   3 token   4 states that may become active, separated by commas
-- Returns { 'ok', record as JSON }, { 'missing' }, { 'gone' } or { 'conflict', state }.
local callbacks, history, leased, feeds, log, nudge = unpack(KEYS)
local id, advisor, token, allowed = unpack(ARGV)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local stored = redis.call('HGET', callbacks, id)
if not stored then return { 'missing' } end
local record = cjson.decode(stored)
local callback = record.callback
if callback.advisor ~= advisor then return { 'missing' } end
-- Waiting again: the offer that had this token is over.
if record.token ~= tonumber(token) or callback.state == 'waiting' then return { 'gone' } end
if callback.state == 'active' then return { 'ok', stored } end
if not string.find(',' .. allowed .. ',', ',' .. callback.state .. ',', 1, true) then
  return { 'conflict', callback.state }
end
if record.leaseUntil <= now then return { 'gone' } end

callback.state = 'active'
callback.changedAt = math.max(now, callback.changedAt + 1)
record.steps = record.steps + 1
local json = cjson.encode(record)
redis.call('HSET', callbacks, id, json)
redis.call('HSET', history, id .. '/' .. record.steps,
  cjson.encode({ state = 'active', at = callback.changedAt, by = advisor, token = record.token }))
redis.call('ZREM', leased, id)
tell(feeds, log, nudge, callback)
return { 'ok', json }
