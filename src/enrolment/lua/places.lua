-- For scripts that change who follows whom: portfolios, how many are in each, and who has yet to join.
-- keys people, portfolios, sizes, awaited

-- '0' is the character after '/'.
local function size_of(portfolios, advisor)
  return redis.call('ZLEXCOUNT', portfolios, '[' .. advisor .. '/', '(' .. advisor .. '0')
end

-- Counted anew, so that it is right whatever it was. Returns it.
local function resize(portfolios, sizes, advisor)
  local size = size_of(portfolios, advisor)
  if size == 0 then redis.call('ZREM', sizes, advisor) else redis.call('ZADD', sizes, size, advisor) end
  return size
end

-- Nobody follows, or is to follow, this jobseeker any more.
local function unfollow(portfolios, sizes, awaited, advisor, id)
  redis.call('ZREM', portfolios, advisor .. '/' .. id)
  redis.call('ZREM', awaited, advisor .. '/' .. id)
  resize(portfolios, sizes, advisor)
end

-- Why somebody may not come in, or not to this advisor, by the limits of the region; nil when they may.
local function barred(keys, person, before, limits, now)
  local advisor, enrolled = standing(person)
  if not enrolled then return nil end
  local former, was = standing(before)
  if not was then
    if person.followUp == 'reinforced' then return 'reinforced' end
    if limits.status == 'closed' then return 'closed' end
    if limits.status == 'pilot' and #limits.pilotTeams > 0 then
      local team = person.team
      if not team and advisor then team = cjson.decode(redis.call('HGET', keys.people, advisor) or '{}').team end
      local named = false
      for _, one in ipairs(limits.pilotTeams) do named = named or one == team end
      if not named then return 'pilot' end
    end
  elseif person.followUp == 'reinforced' and before.followUp ~= 'reinforced' then
    return 'reinforced'
  end
  if not advisor or (was and advisor == former) then return nil end
  if limits.capacity and not (was and former) then
    if limits.expiresAt <= now then return 'certificate' end
    if redis.call('ZCARD', keys.portfolios) >= limits.capacity then return 'capacity' end
  end
  if size_of(keys.portfolios, advisor) >= limits.ceiling then return 'ceiling' end
  return nil
end

-- A portfolio has grown beyond the target: its supervisors are told, once each time it comes to that.
local function tell_size(keys, advisor, size, limits)
  if size ~= limits.target + 1 then return end
  local team = cjson.decode(redis.call('HGET', keys.people, advisor) or '{}').team
  local data = cjson.encode({ advisor = advisor, size = size, target = limits.target })
  for _, id in ipairs(redis.call('ZRANGE', keys.supervisors, 0, -1)) do
    local theirs = cjson.decode(redis.call('HGET', keys.people, id) or '{}').team
    if not theirs or theirs == team then
      feed(keys.feeds, keys.log, keys.nudge, id, 'enrolment.portfolioOverTarget', data)
    end
  end
end
