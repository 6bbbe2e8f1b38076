-- For scripts that store a person (with store/lua/events.lua, process.lua and tell.lua before it).

-- Their place in the portfolios; nil for who is in none.
local function place(of)
  local advisor, enrolled = standing(of)
  if advisor and enrolled then return advisor .. '/' .. of.id end
end

-- Store them, keep the portfolios right, tell of it, and begin what follows from a change of advisor.
-- keys people, portfolios, processes, due, feeds, log, nudge    before, beforeJson nil for somebody new    steps array
-- Returns 'created', 'stored', or 'moved' when such a process begins.
local function store(keys, person, json, before, beforeJson, steps)
  local former = before and place(before)
  if former then redis.call('ZREM', keys.portfolios, former) end
  redis.call('HSET', keys.people, person.id, json)
  local now = place(person)
  if now then redis.call('ZADD', keys.portfolios, 0, now) end
  tellPerson(keys.feeds, keys.log, keys.nudge, person, json, before, beforeJson)

  local from, to = standing(before), standing(person)
  if not before then return 'created' end
  -- Whoever comes to somebody that nobody followed comes to a conversation as well.
  if from == to or #steps == 0 then return 'stored' end
  local time = redis.call('TIME')
  begin(keys.processes, keys.due,
    { kind = 'advisorChanged', region = person.region, person = person.id, from = from, to = to },
    steps, time[1] * 1000 + math.floor(time[2] / 1000))
  return 'moved'
end
