#!lua
-- Hand a jobseeker over to another advisor. A repeat gives the same.
-- KEYS 1 people hash id -> JSON    2 portfolios zset <advisor>/<jobseeker>    3 transferred string the answer, of this act
--      4 processes hash id -> JSON    5 due zset id -> when    (process.lua)
--      6 feeds hash, 7 log stream, 8 nudge channel (store/lua/events.lua)
--      9 sizes, 10 awaited (places.lua)    11 supervisors zset of ids
-- ARGV 1 jobseeker as JSON, with the new advisor   2 as they were stored when that was made   3 steps to follow, JSON
--      4 who does it, JSON { by, reason }   5 ms the act is remembered
--      6 limits of the region, JSON
-- Returns { 'repeated' | 'stored' | 'moved', answer as JSON } ('moved': a process begins), or one of those that change
-- nothing: { 'changed' } (they are stored otherwise by now), { 'noAdvisor' } (not an advisor who takes part),
-- { 'ceiling' } (they follow as many as they may).
local people, portfolios, transferred, processes, due, feeds, log, nudge, sizes, awaited, supervisors =
  unpack(KEYS)
local json, beforeJson, steps, act = ARGV[1], ARGV[2], cjson.decode(ARGV[3]), cjson.decode(ARGV[4])
local person, before = cjson.decode(json), cjson.decode(beforeJson)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local earlier = redis.call('GET', transferred)
if earlier then return { 'repeated', earlier } end
if redis.call('HGET', people, person.id) ~= beforeJson then return { 'changed' } end
local advisor = cjson.decode(redis.call('HGET', people, person.advisor) or '{}')
if advisor.role ~= 'advisor' or advisor.disabled then return { 'noAdvisor' } end

local keys = {
  people = people, portfolios = portfolios, sizes = sizes, awaited = awaited, supervisors = supervisors,
  processes = processes, due = due, feeds = feeds, log = log, nudge = nudge,
}
local limits = cjson.decode(ARGV[6])
local bar = barred(keys, person, before, limits, now)
if bar then return { bar } end

local answer = { jobseeker = person.id, from = before.advisor, to = person.advisor, at = now }
local answerJson = cjson.encode(answer)
redis.call('SET', transferred, answerJson, 'PX', ARGV[5])
local outcome = store(keys, person, json, before, beforeJson, steps, limits)
-- After enrolment.changed: by then whoever is told follows the jobseeker, or no longer does.
answer.by, answer.reason = act.by, act.reason
local data = cjson.encode(answer)
if before.advisor then feed(feeds, log, nudge, before.advisor, 'enrolment.transferred', data) end
feed(feeds, log, nudge, person.advisor, 'enrolment.transferred', data)
return { outcome, answerJson }
