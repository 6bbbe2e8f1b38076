#!lua
-- A jobseeker joins the scheme, or comes back to it, by their own act, which is put on record. A repeat gives the same.
-- KEYS 1 people hash id -> JSON    2 portfolios, 3 sizes, 4 awaited (places.lua)    5 supervisors zset of ids
--      6 processes hash id -> JSON    7 due zset id -> when    (process.lua)
--      8 feeds hash, 9 log stream, 10 nudge channel (store/lua/events.lua)
--      11 acts hash (act.lua)    12 acted string number of the act, of this key    13 former zset (former.lua)
--      14 texts hash digest -> JSON
-- ARGV 1 person   2 what goes on record, JSON { by, receipt, text, digest, check }   3 limits of the region, JSON
--      4 steps after joining, JSON   5 steps after a change of advisor, JSON   6 ms the act is remembered   7 the text, JSON
-- Returns { 'joined' | 'repeated' | 'known' (had joined already), act as JSON }, or one of those that change nothing:
-- { 'missing' }, { 'leaving' } (not all steps of it are done), or why they are barred (places.lua).
local people, portfolios, sizes, awaited, supervisors, processes, due, feeds, log, nudge, acts, acted, former,
  texts = unpack(KEYS)
local id, act, limits, steps, moved = ARGV[1], cjson.decode(ARGV[2]), cjson.decode(ARGV[3]), cjson.decode(ARGV[4]), cjson.decode(ARGV[5])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local earlier = redis.call('GET', acted)
if earlier then return { 'repeated', redis.call('HGET', acts, id .. '/' .. earlier) } end
local stored = redis.call('HGET', people, id)
local before = cjson.decode(stored or '{}')
if before.role ~= 'jobseeker' or before.erasure or before.disabled then return { 'missing' } end
if redis.call('HEXISTS', processes, 'left/' .. id) == 1 then return { 'leaving' } end
local _, enrolled = standing(before)
local left, joined
for n = tonumber(redis.call('HGET', acts, id) or 0), 1, -1 do
  local one = cjson.decode(redis.call('HGET', acts, id .. '/' .. n))
  if one.is == 'left' and not left then left = one end
  if one.is == 'joined' then joined = one end
  if left or joined then break end
end
if enrolled and joined then return { 'known', redis.call('HGET', acts, id .. '/' .. joined.n) } end

local person = cjson.decode(stored)
person.leftAt, person.awaiting = nil, nil
local keys = {
  people = people, portfolios = portfolios, sizes = sizes, awaited = awaited, supervisors = supervisors,
  processes = processes, due = due, feeds = feeds, log = log, nudge = nudge,
}
-- Whoever comes back comes to whom they left, if that one still advises and has a place; their supervisor names another.
if not person.advisor and left and left.advisor then
  local former = cjson.decode(redis.call('HGET', people, left.advisor) or '{}')
  local has_place = size_of(portfolios, left.advisor) < limits.ceiling
  if former.role == 'advisor' and not former.disabled and has_place then person.advisor = left.advisor end
end
local bar = barred(keys, person, before, limits, now)
if bar then return { bar } end
act.is, act.at = 'joined', now
local n = note(acts, id, act)
redis.call('SET', acted, n, 'PX', ARGV[6])
-- As they have read it, whatever it says later: once for all who have.
redis.call('HSETNX', texts, act.digest, ARGV[7])
if left and left.advisor then redis.call('ZREM', former, left.advisor .. '/' .. id) end
-- Whom the agency had enrolled before has now said so themselves: nothing else changes.
if not enrolled then store(keys, person, cjson.encode(person), before, stored, moved, limits) end
begin(processes, due, { kind = 'joined', region = person.region, person = id, to = person.advisor, act = n }, steps, now)
return { 'joined', redis.call('HGET', acts, id .. '/' .. n) }
