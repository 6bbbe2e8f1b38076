#!lua
-- The holder ends an active callback. A repeat with the same token gives the same.
-- KEYS 1 callbacks hash id -> JSON        2 history hash <id>/<n> -> JSON     3 open hash jobseeker -> id
--      4 held hash advisor -> id          5 queue zset id -> requestedAt
--      6 feeds hash, 7 log stream, 8 nudge channel (store/lua/events.lua)
-- ARGV 1 id   2 advisor   3 token   4 states that may become done, separated by commas   5 disposition   6 note or ''
-- Returns { 'ok', record as JSON }, { 'missing' }, { 'gone' } or { 'conflict', state }.
local callbacks, history, open, held, queue, feeds, log, nudge = unpack(KEYS)
local id, advisor, token, allowed, disposition, note = unpack(ARGV)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local stored = redis.call('HGET', callbacks, id)
if not stored then return { 'missing' } end
local record = cjson.decode(stored)
local callback = record.callback
if callback.advisor ~= advisor then return { 'missing' } end
-- Waiting again: the offer that had this token is over.
if record.token ~= tonumber(token) or callback.state == 'waiting' then return { 'gone' } end
if callback.state == 'done' then return { 'ok', stored } end
if not string.find(',' .. allowed .. ',', ',' .. callback.state .. ',', 1, true) then
  return { 'conflict', callback.state }
end

callback.state = 'done'
callback.changedAt = math.max(now, callback.changedAt + 1)
callback.disposition = disposition
if note ~= '' then record.note = note end
record.steps = record.steps + 1
local json = cjson.encode(record)
redis.call('HSET', callbacks, id, json)
redis.call('HSET', history, id .. '/' .. record.steps,
  cjson.encode({ state = 'done', at = callback.changedAt, by = advisor, token = record.token, why = disposition }))
redis.call('HDEL', open, callback.jobseeker)
redis.call('HDEL', held, advisor)
redis.call('ZREM', queue, id)
tell(feeds, log, nudge, callback)
return { 'ok', json }
