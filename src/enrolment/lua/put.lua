#!lua
-- Create or change a person, and keep the portfolios right when their advisor changes.
-- KEYS 1 people      hash: id -> JSON                2 ids  zset of ids, score 0
--      3 portfolios  zset of <advisor>/<jobseeker>, score 0: jobseekers who take part
--      4 processes hash id -> JSON    5 due zset id -> when    (process.lua)
--      6 feeds hash, 7 log stream, 8 nudge channel (store/lua/events.lua)
-- ARGV 1 person as JSON   2 '1': also one who has left, who comes back by it   3 steps after a change of advisor, JSON
-- Returns 'created', 'stored', 'moved' (stored, and a process of the changed advisor begins), 'unchanged', or one of those that
-- change nothing: 'noAdvisor' (the one named is not an advisor of the region), 'followed' (an advisor whom somebody
-- names cannot become something else), 'left' (they are not asked back), 'leaving' (not all steps of it are done).
local people, ids, portfolios, processes, due, feeds, log, nudge = unpack(KEYS)
local json, back, steps = ARGV[1], ARGV[2] == '1', cjson.decode(ARGV[3])
local person = cjson.decode(json)

-- Its place in the portfolios; nil for who is in none.
local function place(of)
  local advisor, enrolled = standing(of)
  if advisor and enrolled then return advisor .. '/' .. of.id end
end

local stored = redis.call('HGET', people, person.id)
if stored == json then return 'unchanged' end
local before = stored and cjson.decode(stored) or nil
if before and before.leftAt then
  if not back then return 'left' end
  if redis.call('HEXISTS', processes, 'left/' .. person.id) == 1 then return 'leaving' end
end
if person.advisor then
  local advisor = redis.call('HGET', people, person.advisor)
  if not advisor or cjson.decode(advisor).role ~= 'advisor' then return 'noAdvisor' end
end
if before then
  if before.role == 'advisor' and person.role ~= 'advisor' then
    -- '0' is the character after '/'.
    local range = { '[' .. person.id .. '/', '(' .. person.id .. '0' }
    if redis.call('ZLEXCOUNT', portfolios, unpack(range)) > 0 then return 'followed' end
  end
  local former = place(before)
  if former then redis.call('ZREM', portfolios, former) end
end
redis.call('HSET', people, person.id, json)
redis.call('ZADD', ids, 0, person.id)
local now = place(person)
if now then redis.call('ZADD', portfolios, 0, now) end
tellPerson(feeds, log, nudge, person, json, before, stored)

local from, to = standing(before), standing(person)
if not stored then return 'created' end
if not from or from == to or #steps == 0 then return 'stored' end
local time = redis.call('TIME')
begin(processes, due, { kind = 'advisorChanged', region = person.region, person = person.id, from = from, to = to },
  steps, time[1] * 1000 + math.floor(time[2] / 1000))
return 'moved'
