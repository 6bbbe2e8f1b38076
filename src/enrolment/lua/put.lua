#!lua
-- Create or change a person, and keep portfolios and teams right.
-- KEYS 1 people      hash: id -> JSON                2 ids  zset of ids, score 0
--      3 portfolios  zset of <advisor>/<jobseeker>, score 0: jobseekers who take part
--      4 teams       zset of <bytes>:<team>/<advisor>, score 0: advisors who take part
--      5 processes hash id -> JSON    6 due zset id -> when    (process.lua)
--      7 feeds hash, 8 log stream, 9 nudge channel (store/lua/events.lua)
--      10 supervisors zset of ids, score 0: those who take part    11 sizes, 12 awaited (places.lua)
--      13 acts hash (act.lua)    14 former zset (former.lua)
-- ARGV 1 person as JSON   2 '1': also one who has left, who comes back by it   3 steps after a change of advisor, JSON
--      4 limits of the region, JSON
-- Returns 'created', 'stored', 'moved' (stored, and a process of the changed advisor begins), 'unchanged', 'noted' (of who has left,
-- and stays so, the kind of their follow-up), or one of those that
-- change nothing: 'noAdvisor' (the one named is not an advisor of the region), 'followed' (an advisor whom somebody
-- names cannot become something else), 'left' (they are not asked back), 'leaving' (not all steps of it are done), 'erasing',
-- or why they are barred (places.lua).
local people, ids, portfolios, teams, processes, due, feeds, log, nudge, supervisors, sizes, awaited,
  acts, former = unpack(KEYS)
local json, back, steps, limits = ARGV[1], ARGV[2] == '1', cjson.decode(ARGV[3]), cjson.decode(ARGV[4])
local person = cjson.decode(json)

-- Their place among those of a team; nil for who is in none.
local function desk(of)
  if of.role == 'advisor' and of.team and not of.disabled then return #of.team .. ':' .. of.team .. '/' .. of.id end
end
local function seat(before)
  local former, now = before and desk(before), desk(person)
  if former and former ~= now then redis.call('ZREM', teams, former) end
  if now then redis.call('ZADD', teams, 0, now) end
  if person.role == 'supervisor' and not person.disabled then
    redis.call('ZADD', supervisors, 0, person.id)
  elseif before and before.role == 'supervisor' then
    redis.call('ZREM', supervisors, person.id)
  end
end

local stored = redis.call('HGET', people, person.id)
local before = stored and cjson.decode(stored) or nil
-- Whoever is new, or comes back, has yet to say that they join.
if person.role == 'jobseeker' and limits.joinFirst and (not before or before.awaiting or before.leftAt) then
  person.awaiting = true
  json = string.sub(json, 1, -2) .. ',"awaiting":true}'
end
if stored == json then
  -- They may have been stored by a node that knew nothing of this index.
  seat()
  local advisor, enrolled = standing(person)
  if advisor and enrolled then resize(portfolios, sizes, advisor) end
  return 'unchanged'
end
if redis.call('HEXISTS', processes, 'erased/' .. person.id) == 1 then return 'erasing' end
if before and before.leftAt then
  if not back then
    -- It brings nobody back, and decides whether they may come back by themselves.
    if person.followUp == before.followUp then return 'left' end
    local changed = cjson.decode(stored)
    changed.followUp = person.followUp
    redis.call('HSET', people, person.id, cjson.encode(changed))
    return 'noted'
  end
  if redis.call('HEXISTS', processes, 'left/' .. person.id) == 1 then return 'leaving' end
end
if person.advisor then
  local advisor = redis.call('HGET', people, person.advisor)
  advisor = cjson.decode(advisor or '{}')
  if advisor.role ~= 'advisor' or advisor.erasure then return 'noAdvisor' end
end
if before and before.role == 'advisor' and person.role ~= 'advisor' then
  -- '0' is the character after '/'.
  local range = { '[' .. person.id .. '/', '(' .. person.id .. '0' }
  if redis.call('ZLEXCOUNT', portfolios, unpack(range)) > 0 then return 'followed' end
end
local keys = {
  people = people, portfolios = portfolios, sizes = sizes, awaited = awaited, supervisors = supervisors,
  processes = processes, due = due, feeds = feeds, log = log, nudge = nudge,
}
local time = redis.call('TIME')
local bar = barred(keys, person, before, limits, time[1] * 1000 + math.floor(time[2] / 1000))
if bar then return bar end
redis.call('ZADD', ids, 0, person.id)
seat(before)
local left = before and before.leftAt and last_leaving(acts, person.id)
if left and left.advisor then redis.call('ZREM', former, left.advisor .. '/' .. person.id) end
return store(keys, person, json, before, stored, steps, limits)
