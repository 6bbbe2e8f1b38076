#!lua
-- Put on record something else that was decided about a jobseeker's taking part. A repeat gives the same.
-- KEYS 1 people hash id -> JSON    2 acts hash (act.lua)    3 acted string number of the act, of this key
-- ARGV 1 person   2 the act, JSON   3 ms it is remembered   4 ms in which the same is not put on record again
-- Returns { 'noted' | 'repeated', act as JSON }, or { 'missing' }.
local people, acts, acted = unpack(KEYS)
local id, act, remember, once = ARGV[1], cjson.decode(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local earlier = redis.call('GET', acted)
if earlier then return { 'repeated', redis.call('HGET', acts, id .. '/' .. earlier) } end
local person = cjson.decode(redis.call('HGET', people, id) or '{}')
if person.role ~= 'jobseeker' or person.erasure then return { 'missing' } end
local last = newest(acts, id)
local n = last and last.is == act.is and last.by == act.by and last.at > now - once and last.n
if n then
  redis.call('SET', acted, n, 'PX', remember)
  return { 'repeated', redis.call('HGET', acts, id .. '/' .. n) }
end
act.at = now
n = note(acts, id, act)
redis.call('SET', acted, n, 'PX', remember)
return { 'noted', redis.call('HGET', acts, id .. '/' .. n) }
