#!lua
-- A person is to be erased: from this moment on they take part in nothing. A repeat gives the same.
-- KEYS 1 people hash id -> JSON    2 portfolios zset <advisor>/<jobseeker>    3 teams zset of <bytes>:<team>/<advisor>
--      4 erasures hash id -> JSON    5 erasedBy string id of the erasure, of this act    6 salt hash
--      7 erased zset of whom nothing is made (store/fence.ts)
--      8 processes hash id -> JSON    9 due zset id -> when    (process.lua)
--      10 feeds hash, 11 log stream, 12 nudge channel (store/lua/events.lua)    13 supervisors zset of those who take part
--      14 sizes, 15 awaited (places.lua)
-- ARGV 1 person   2 id of the erasure   3 salt   4 who has asked for it   5 steps to follow, JSON   6 ms the act is remembered
--      7 ms for which nothing is made of them
-- Returns { 'begun' | 'repeated', id of the erasure }, { 'missing' }, or { 'followed' } (an advisor with a portfolio).
local people, portfolios, teams, erasures, erasedBy, saltKey, fence, processes, due, feeds, log, nudge, supervisors,
  sizes, awaited = unpack(KEYS)
local id, erasure, salt, by, steps, remember, fenceFor = unpack(ARGV)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local earlier = redis.call('GET', erasedBy)
if earlier then return { 'repeated', earlier } end
local stored = redis.call('HGET', people, id)
if not stored then return { 'missing' } end
local before = cjson.decode(stored)
if before.erasure then
  redis.call('SET', erasedBy, before.erasure, 'PX', remember)
  return { 'repeated', before.erasure }
end
-- '0' is the character after '/'.
if redis.call('ZLEXCOUNT', portfolios, '[' .. id .. '/', '(' .. id .. '0') > 0 then return { 'followed' } end

local person = cjson.decode(stored)
person.disabled, person.advisor, person.awaiting, person.erasure = true, nil, nil, erasure
local json = cjson.encode(person)
redis.call('HSET', people, id, json)
if before.advisor then unfollow(portfolios, sizes, awaited, before.advisor, id) end
redis.call('ZREM', supervisors, id)
if before.team then redis.call('ZREM', teams, #before.team .. ':' .. before.team .. '/' .. id) end
redis.call('ZADD', fence, string.format('%.0f', now + fenceFor), id)
redis.call('PEXPIRE', fence, fenceFor)
redis.call('HSET', erasures, erasure,
  cjson.encode({ id = erasure, requestedAt = now, by = by, person = id, role = before.role }))
redis.call('HSET', saltKey, 'salt', salt)
redis.call('SET', erasedBy, erasure, 'PX', remember)
-- What was to follow from an earlier act is to do with somebody who is gone.
for _, kind in ipairs({ 'left/', 'joined/', 'advisorChanged/' }) do
  redis.call('HDEL', processes, kind .. id)
  redis.call('ZREM', due, kind .. id)
end
begin(processes, due,
  { kind = 'erased', region = before.region, person = id, from = before.advisor, erasure = erasure },
  cjson.decode(steps), now)
tellPerson(feeds, log, nudge, person, json, before, stored)
return { 'begun', erasure }
