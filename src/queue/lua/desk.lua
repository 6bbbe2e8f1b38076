#!lua
-- An advisor comes, goes, says where they stand, or is told what they can do.
-- KEYS 1–10 queue.lua
-- ARGV 1 advisor   2 'here' | 'leaving' | 'ready' | 'busy' | 'away' | 'skills' | 'forget'
--      of here: 3 name, 4 team or '', 5 after which time somebody asks whether they still are (ms)
--      of leaving: 3 grace (ms)   of skills: 3 topics and languages as sets, as JSON
-- Returns the desk as JSON.
local advisor, what, value, team, ask = unpack(ARGV)
local desk = desk_of(advisor)
local known = redis.call('HEXISTS', desks, advisor) == 1
if what == 'leaving' then
  if known then redis.call('ZADD', due, now + tonumber(value), 'g|' .. advisor) end
elseif what == 'forget' then
  redis.call('HDEL', desks, advisor)
  redis.call('ZREM', due, 'g|' .. advisor)
  redis.call('ZREM', lists, 'a|' .. (desk.team or '') .. '|' .. advisor)
elseif what == 'skills' then
  local skills = cjson.decode(value)
  desk.topics, desk.languages = skills.topics, skills.languages
  if not known then desk.state = 'offline' end
  keep_desk(advisor, desk)
elseif what == 'here' then
  redis.call('ZADD', due, now + tonumber(ask), 'g|' .. advisor)
  redis.call('ZREM', lists, 'a|' .. (desk.team or '') .. '|' .. advisor)
  desk.name, desk.team = value, team
  -- What they chose before a short drop still holds; whoever was gone begins ready.
  local begins = not known or desk.state == 'offline'
  if begins then move_desk(advisor, desk, 'ready') else
    keep_desk(advisor, desk)
    if desk.state == 'ready' or desk.state == 'wrap-up' then
      redis.call('ZADD', lists, 0, 'a|' .. team .. '|' .. advisor)
    end
  end
else
  move_desk(advisor, desk, what)
end
return cjson.encode(desk)
