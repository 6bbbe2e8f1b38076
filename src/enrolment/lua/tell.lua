-- For scripts that change a person (with store/lua/events.lua before it).

-- Who follows somebody, or nil; and whether they take part at all.
local function standing(of)
  local enrolled = of and of.role == 'jobseeker' and not of.disabled and not of.leftAt and not of.awaiting
  return of and of.role == 'jobseeker' and of.advisor or nil, enrolled or false
end

-- Tell the nodes of the change; the jobseeker and both advisors, if it changes who follows them; and whoever works in
-- another team from now on.
local function tellPerson(feeds, log, nudge, person, json, before, beforeJson)
  local fact = '{"type":"personChanged","person":' .. json .. (beforeJson and ',"before":' .. beforeJson or '') .. '}'
  emit(log, nudge, 'fact', '-', 'enrolment.personChanged', fact)
  if before and before.team ~= person.team and (person.role == 'advisor' or person.role == 'supervisor') then
    feed(feeds, log, nudge, person.id, 'enrolment.teamChanged', cjson.encode({ team = person.team }))
  end
  local advisor, enrolled = standing(person)
  local former, was = standing(before)
  if advisor == former and enrolled == was then return end
  local data = cjson.encode({ jobseeker = person.id, advisor = advisor, left = not enrolled })
  -- Somebody new knows of nothing that could be out of date.
  if before then feed(feeds, log, nudge, person.id, 'enrolment.changed', data) end
  if former and former ~= advisor then feed(feeds, log, nudge, former, 'enrolment.changed', data) end
  if advisor then feed(feeds, log, nudge, advisor, 'enrolment.changed', data) end
end
