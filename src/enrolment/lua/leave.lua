#!lua
-- A jobseeker leaves the scheme: from this moment on they take part in nothing. A repeat gives the same.
-- KEYS 1 people hash id -> JSON    2 portfolios zset <advisor>/<jobseeker>    3 left string leftAt, of this act
--      4 processes hash id -> JSON    5 due zset id -> when    (process.lua)
--      6 feeds hash, 7 log stream, 8 nudge channel (store/lua/events.lua)    9 sizes, 10 awaited (places.lua)
--      11 acts hash (act.lua)    12 former zset (former.lua)
-- ARGV 1 person   2 steps to follow, JSON   3 ms the act is remembered   4 by whom   5 number of the receipt   6 reason or ''
-- Returns { 'left' | 'repeated', leftAt }, { 'missing' } or { 'other' } (no jobseeker).
local people, portfolios, left, processes, due, feeds, log, nudge, sizes, awaited, acts, former =
  unpack(KEYS)
local id, steps, remember = ARGV[1], cjson.decode(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local earlier = redis.call('GET', left)
if earlier then return { 'repeated', tonumber(earlier) } end
local stored = redis.call('HGET', people, id)
if not stored then return { 'missing' } end
local before = cjson.decode(stored)
if before.role ~= 'jobseeker' then return { 'other' } end
if before.erasure then return { 'missing' } end
local at = before.leftAt or now
redis.call('SET', left, string.format('%.0f', at), 'PX', remember)
if before.leftAt then return { 'repeated', at } end

local person = cjson.decode(stored)
person.leftAt, person.advisor, person.awaiting = now, nil, nil
local json = cjson.encode(person)
redis.call('HSET', people, id, json)
if before.advisor then unfollow(portfolios, sizes, awaited, before.advisor, id) end
local by, receipt, reason = ARGV[4], ARGV[5], ARGV[6]
local act = note(acts, id, {
  is = 'left', at = now, by = by, receipt = receipt, reason = reason ~= '' and reason or nil, advisor = before.advisor,
})
if before.advisor and not before.awaiting then leave_behind(former, acts, before.advisor, id, now) end
-- What coming in still had to bring about is to be undone.
redis.call('HDEL', processes, 'joined/' .. id)
redis.call('ZREM', due, 'joined/' .. id)
begin(processes, due, { kind = 'left', region = person.region, person = id, from = before.advisor, act = act }, steps, now)
tellPerson(feeds, log, nudge, person, json, before, stored)
return { 'left', now }
