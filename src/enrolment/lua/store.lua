-- For scripts that store a person (with store/lua/events.lua, process.lua, tell.lua and places.lua before it).

-- Their place in the portfolios; nil for who is in none.
local function place(of)
  local advisor, enrolled = standing(of)
  if advisor and enrolled then return advisor .. '/' .. of.id end
end

-- Store them, keep the portfolios right, tell of it, and begin what follows from a change of advisor.
-- keys people, portfolios, sizes, awaited, supervisors, processes, due, feeds, log, nudge    limits of the region    before, beforeJson nil for somebody new    steps array
-- Returns 'created', 'stored', or 'moved' when such a process begins.
local function store(keys, person, json, before, beforeJson, steps, limits)
  local former, now = before and place(before), place(person)
  if former and former ~= now then unfollow(keys.portfolios, keys.sizes, keys.awaited, before.advisor, person.id) end
  if before and before.awaiting and before.advisor then
    redis.call('ZREM', keys.awaited, before.advisor .. '/' .. person.id)
  end
  redis.call('HSET', keys.people, person.id, json)
  if person.awaiting and person.advisor then redis.call('ZADD', keys.awaited, 0, person.advisor .. '/' .. person.id) end
  if now then
    redis.call('ZADD', keys.portfolios, 0, now)
    local size = resize(keys.portfolios, keys.sizes, person.advisor)
    if now ~= former then tell_size(keys, person.advisor, size, limits) end
  end
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
