#!lua
-- An advisor comes, goes, says where they stand, or is told what they can do.
-- KEYS 1–10 queue.lua
-- ARGV 1 advisor   2 'here' | 'leaving' | 'ready' | 'busy' | 'away' | 'skills' | 'forget'
--      of here: 3 name, 4 team or '', 5 after which time somebody asks whether they still are (ms)
--      of leaving: 3 grace (ms)   of skills: 3 topics and languages as sets, as JSON
-- Returns the desk as JSON.
local advisor, what, value, team, ask = unpack(ARGV)
local desk = desk_of(advisor)
local is_known = get(desks, advisor)
if what == 'leaving' then
  if is_known then place(due, 'g|' .. advisor, now + tonumber(value)) end
elseif what == 'forget' then
  put(desks, advisor, false)
  place(due, 'g|' .. advisor, false)
  place(lists, 'a|' .. (desk.team or '') .. '|' .. advisor, false)
elseif what == 'skills' then
  local skills = cjson.decode(value)
  desk.topics, desk.languages = skills.topics, skills.languages
  if not is_known then desk.state = 'offline' end
  keep_desk(advisor, desk)
elseif what == 'here' then
  place(due, 'g|' .. advisor, now + tonumber(ask))
  place(lists, 'a|' .. (desk.team or '') .. '|' .. advisor, false)
  desk.name, desk.team = value, team
  -- What they chose before a short drop still holds; whoever was gone begins ready.
  local begins = not is_known or desk.state == 'offline'
  if begins then move_desk(advisor, desk, 'ready') else
    keep_desk(advisor, desk)
    if desk.state == 'ready' or desk.state == 'wrap-up' then
      place(lists, 'a|' .. team .. '|' .. advisor, '0')
    end
  end
else
  move_desk(advisor, desk, what)
end
return done(cjson.encode(desk))
