#!lua
-- The jobseeker withdraws an open request. A repeat gives the same.
-- KEYS 1 callbacks hash id -> JSON        2 history hash <id>/<n> -> JSON     3 open hash jobseeker -> id
--      4 held hash advisor -> id          5 leased zset id -> leaseUntil      6 waiting zset id -> requestedAt
--      7 queue zset id -> requestedAt      (6 and 7 of the callback's advisor)
--      8 feeds hash, 9 log stream, 10 nudge channel (store/lua/events.lua)
-- ARGV 1 id   2 jobseeker   3 states that may become cancelled, separated by commas
-- Returns { 'ok', record as JSON }, { 'missing' } or { 'conflict', state }.
local callbacks, history, open, held, leased, waiting, queue, feeds, log, nudge = unpack(KEYS)
local id, jobseeker, allowed = unpack(ARGV)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local stored = redis.call('HGET', callbacks, id)
if not stored then return { 'missing' } end
local record = cjson.decode(stored)
local callback = record.callback
if callback.jobseeker ~= jobseeker then return { 'missing' } end
if callback.state == 'cancelled' then return { 'ok', stored } end
if not string.find(',' .. allowed .. ',', ',' .. callback.state .. ',', 1, true) then
  return { 'conflict', callback.state }
end

callback.state = 'cancelled'
callback.changedAt = math.max(now, callback.changedAt + 1)
record.steps = record.steps + 1
local json = cjson.encode(record)
redis.call('HSET', callbacks, id, json)
redis.call('HSET', history, id .. '/' .. record.steps,
  cjson.encode({ state = 'cancelled', at = callback.changedAt, by = jobseeker }))
redis.call('HDEL', open, jobseeker)
if redis.call('HGET', held, callback.advisor) == id then redis.call('HDEL', held, callback.advisor) end
redis.call('ZREM', leased, id)
redis.call('ZREM', waiting, id)
redis.call('ZREM', queue, id)
tell(feeds, log, nudge, callback)
return { 'ok', json }
