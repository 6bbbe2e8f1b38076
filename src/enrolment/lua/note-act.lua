#!lua
-- Put on record something else that was decided about a jobseeker's taking part. A repeat gives the same.
-- KEYS 1 people hash id -> JSON    2 acts hash (act.lua)    3 acted string number of the act, of this key
--      4 former zset (former.lua)
-- ARGV 1 person   2 the act, JSON   3 ms it is remembered   4 ms in which the same is not put on record again
-- Returns { 'noted' | 'repeated', act as JSON }, or { 'missing' }.
local people, acts, acted, former = unpack(KEYS)
local id, act, remember, once = ARGV[1], cjson.decode(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local earlier = redis.call('GET', acted)
if earlier then return { 'repeated', redis.call('HGET', acts, id .. '/' .. earlier) } end
local person = cjson.decode(redis.call('HGET', people, id) or '{}')
if person.role ~= 'jobseeker' or person.erasure then return { 'missing' } end
-- Whoever has left and wants to come back is shown to whom they left, however long ago that was.
local left = act.is == 'asked' and person.leftAt and last_leaving(acts, id)
if left and left.advisor then redis.call('ZADD', former, 0, left.advisor .. '/' .. id) end
local last = newest(acts, id)
local same = last and last.is == act.is and last.by == act.by and last.bar == act.bar
local n = same and last.at > now - once and last.n
if n then
  redis.call('SET', acted, n, 'PX', remember)
  return { 'repeated', redis.call('HGET', acts, id .. '/' .. n) }
end
act.at = now
n = note(acts, id, act)
redis.call('SET', acted, n, 'PX', remember)
return { 'noted', redis.call('HGET', acts, id .. '/' .. n) }
