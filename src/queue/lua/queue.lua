-- For every script of the queue (with events.lua and shared-event.lua of store/lua, and plain.lua, before it): its keys, Redis's clock, and what all of
-- them do with a record. What the keys hold is in keys.ts.
local records, lines, lists, due, marks, desks, figures, feeds, log, nudge = unpack(KEYS)
local clock = call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local STEPS = { 'own', 'cover', 'team', 'region' }

-- The same moments come again and again: of this run, and of the one record in hand.
local moment, moment_padded
local function padded(at)
  if at ~= moment then moment, moment_padded = at, format('%015d', at) end
  return moment_padded
end

-- What a script changes is written by `done`, with one command of each kind however many acts it does: a command costs as much as
-- all that Lua does for an act. Until then `get` and `classes_of` know of it; what else looks at sets calls `write` before.
local known = { [records] = {}, [marks] = {}, [desks] = {}, [figures] = {}, [feeds] = {} }
local fields, members, events, taken = {}, {}, {}, {}

-- Fields of a hash, all at once, for `get`. Before anything of them is changed.
local function fetch(hash, asked)
  if not asked[1] then return end
  local values, found = call('HMGET', hash, unpack(asked)), known[hash]
  for n = 1, #values do found[asked[n]] = values[n] end
end

local function get(hash, field)
  local value = known[hash][field]
  if value == nil then
    value = call('HGET', hash, field)
    known[hash][field] = value
  end
  return value
end

-- What is collected for a key, to be added to.
local function changes_of(collected, name)
  local changes = collected[name]
  if not changes then
    changes = {}
    collected[name] = changes
  end
  return changes
end

-- value: false for none
local function put(hash, field, value)
  known[hash][field] = value
  changes_of(fields, hash)[field] = value
end

-- score: false for not in it
local function place(set, member, score) changes_of(members, set)[member] = score end

-- A script may unpack some thousand values only.
local function command(name, key, list, length)
  for n = 1, length, 1000 do call(name, key, unpack(list, n, n + 999 < length and n + 999 or length)) end
end

-- Lengths are counted: to ask a table for its own costs more than what is put into it.
local function write_set(set)
  local changed = members[set]
  if not changed then return end
  local added, gone, adds, goes = {}, {}, 0, 0
  for member, score in pairs(changed) do
    if score then added[adds + 1], added[adds + 2], adds = score, member, adds + 2
    else
      goes = goes + 1
      gone[goes] = member
    end
  end
  command('ZADD', set, added, adds)
  command('ZREM', set, gone, goes)
  members[set] = nil
end

-- Somebody has taken it: for the service level of the day.
local function count_taken(day, record, advisor)
  local field = record.inner.team .. '|' .. advisor .. (now <= record.inner.answerBy and '|ok' or '|late')
  local counts = changes_of(taken, day)
  counts[field] = (counts[field] or 0) + 1
end

local function write_taken(day, counts)
  local asked, kept, is_new = {}, {}, true
  for field in pairs(counts) do asked[#asked + 1] = field end
  local before = call('HMGET', day, unpack(asked))
  for n = 1, #asked do
    is_new = is_new and not before[n]
    kept[2 * n - 1], kept[2 * n] = asked[n], format('%d', (tonumber(before[n]) or 0) + counts[asked[n]])
  end
  call('HSET', day, unpack(kept))
  if is_new then call('EXPIRE', day, '691200') end
end

-- The last thing a script does that has changed something. Returns the answer.
local function done(answer)
  for hash, changed in pairs(fields) do
    local kept, gone, keeps, goes = {}, {}, 0, 0
    for field, value in pairs(changed) do
      if value then kept[keeps + 1], kept[keeps + 2], keeps = field, value, keeps + 2
      else
        goes = goes + 1
        gone[goes] = field
      end
    end
    command('HSET', hash, kept, keeps)
    command('HDEL', hash, gone, goes)
  end
  write_set(lines)
  write_set(lists)
  write_set(due)
  for day, counts in pairs(taken) do write_taken(day, counts) end
  if #events > 0 then feed_shared(feeds, log, nudge, clock, events, known[feeds]) end
  return answer
end

-- { callback, inner, text }, or nil. Of one that is plain (plain.lua) callback and inner have what its head has.
local function load_plain(id)
  local bodied, found = id .. '/b', known[records]
  if found[bodied] == nil or found[id] == nil then fetch(records, { id, bodied }) end
  local head, body = found[id], found[bodied]
  if not head then return nil end
  local plain = body and read_plain(id, head, body)
  if plain then return plain end
  local cut = find(head, '\n', 1, true)
  local callback, inner = cjson.decode(sub(head, 1, cut - 1)), cjson.decode(sub(head, cut + 1))
  return { callback = callback, inner = inner, text = { head } }
end

-- The same, with all that there is of it.
local function load(id)
  local record = load_plain(id)
  return record and record.body and whole(record) or record
end

local function allows(states, state) return find(',' .. states .. ',', ',' .. state .. ',', 1, true) end

-- Where it stands in the line of its n-th step, and that line.
local function member(record, n)
  local callback, inner = record.callback, record.inner
  local line = n == 4 and 'r' or n == 3 and 't:' .. inner.team or (n == 2 and 'c:' or 'o:') .. callback.advisor
  return line .. '|' .. callback.topic .. '|' .. callback.language .. '|' ..
    padded(callback.readyAt - inner.bonus) .. '|' .. callback.id, line
end

-- Of lines that were looked at: the first of each class of topic and language. And lines in which something is yet to be written.
local heads, changed_lines = {}, {}

local function into_line(record, n)
  local one, line = member(record, n)
  place(lines, one, '0')
  heads[line], changed_lines[line] = nil, true
end

local function out_of_line(record, n)
  local one, line = member(record, n)
  place(lines, one, false)
  changed_lines[line] = true
  if heads[line] and heads[line][one] then heads[line] = nil end
end

-- { class, topic, language, first } of each class in a line. A short line is seen whole at the first look.
local function classes_of(line)
  if heads[line] then return heads[line] end
  if changed_lines[line] then
    write_set(lines)
    changed_lines = {}
  end
  local classes, from, stop, last = {}, '[' .. line .. '|', '(' .. line .. '}', ''
  repeat
    local found = call('ZRANGEBYLEX', lines, from, stop, 'LIMIT', '0', '4')
    for n = 1, #found do
      local first = found[n]
      if last == '' or sub(first, 1, #last) ~= last then
        local class, topic, language = match(first, '^([^|]*|([^|]*)|([^|]*)|)')
        last, classes[first] = class, true
        classes[#classes + 1] = { class, topic, language, first }
      end
    end
    if not found[4] then break end
    from = '(' .. sub(last, 1, -2) .. '}'
  until false
  heads[line] = classes
  return classes
end

-- Its places in the lists of what waits, by team and by advisor.
local function places(record)
  local callback = record.callback
  local since = '|' .. padded(callback.readyAt) .. '|' .. callback.id
  return 'b|' .. record.inner.team .. since, 'd|' .. callback.advisor .. since
end

-- Its place in the list of what is open with its advisor and does not wait. What waits has one in the list of that: with a million
-- waiting, another for each of them costs what it takes to find it among them, twice.
local function aside(callback) return 'q|' .. callback.advisor .. '|' .. padded(callback.requestedAt) .. '|' .. callback.id end

-- When the clock is to look at it again; nil for not at all.
local function look_at(record, at)
  if at then place(due, 'w|' .. record.callback.id, at)
  elseif record.inner.looked then place(due, 'w|' .. record.callback.id, false) end
  record.inner.looked = at and true or nil
end

-- Whether the desk can answer a topic and a language.
local function fits(desk, topic, language)
  return (not desk.topics or desk.topics[topic]) and (not desk.languages or desk.languages[language])
end

-- Whether somebody is at work who may take it and has not declined it. Until it is open to all, there will be.
local function has_taker(record)
  local callback, inner = record.callback, record.inner
  if inner.entered < 4 then return true end
  write_set(lists)
  local from = '[a|'
  while true do
    local found = call('ZRANGEBYLEX', lists, from, '(a}', 'LIMIT', 0, 100)
    for _, one in ipairs(found) do
      local advisor = match(one, '[^|]+$')
      local stored = not inner.declined[advisor] and get(desks, advisor)
      if stored and fits(cjson.decode(stored), callback.topic, callback.language) then return true end
    end
    if #found < 100 then return false end
    from = '(' .. found[#found]
  end
end

-- Whether everybody has declined it, for the board.
local function mark_refused(record, refused)
  local inner = record.inner
  if not refused and not inner.refused then return end
  place(lists, 'x|' .. inner.team .. '|' .. record.callback.id, refused and '0')
  inner.refused = refused or nil
end

local function judge(record) mark_refused(record, next(record.inner.declined) and not has_taker(record)) end

-- While there are declines, each minute: people come to work and leave it.
local function look_at_declines(record)
  local again, turn = record.inner.again, now + 60000
  for _, at in pairs(again) do if at > now then turn = math.min(turn, at) end end
  place(due, 'd|' .. record.callback.id, turn)
end

-- Into the lines of the steps whose time has come. To be called again when the next one has.
local function enter(record)
  local callback, inner = record.callback, record.inner
  local at, before = inner.at, inner.entered
  local reached = math.max(before, now >= at.region and 4 or now >= at.team and 3 or now >= at.cover and 2 or 1)
  for n = before + 1, reached do into_line(record, n) end
  if before == 0 then
    local of_team, of_advisor = places(record)
    place(lists, of_team, '0')
    place(lists, of_advisor, '0')
    if inner.steps > 0 then place(lists, aside(callback), false) end
  end
  inner.entered, callback.step = reached, STEPS[reached]
  local turn = reached < 4 and at[STEPS[reached + 1]] or math.huge
  local ends = callback.window and not callback.windowMissed and callback.window['until'] or math.huge
  look_at(record, math.min(turn, ends) < math.huge and math.min(turn, ends) or nil)
  if next(inner.declined) then judge(record) end
end

-- Out of all lines. The place stays in the record.
local function leave(record)
  local inner = record.inner
  for n = 1, inner.entered do out_of_line(record, n) end
  if inner.entered > 0 then
    local of_team, of_advisor = places(record)
    place(lists, of_team, false)
    place(lists, of_advisor, false)
    place(lists, aside(record.callback), '0')
  end
  look_at(record, nil)
  mark_refused(record, false)
  inner.entered = 0
end

-- Waiting from now on, or scheduled until its time has come.
local function line_up(record)
  local callback = record.callback
  if callback.readyAt <= now then
    callback.state = 'waiting'
    enter(record)
  else
    callback.state, callback.step = 'scheduled', nil
    place(lists, aside(callback), '0')
    look_at(record, callback.readyAt)
  end
end

-- The desk of an advisor; of one who is not known yet, ready. A wrap-up ends by the clock.
local function desk_of(advisor)
  local stored = get(desks, advisor)
  local desk = stored and cjson.decode(stored) or { state = 'ready', since = now, work = {} }
  if desk.state == 'wrap-up' and desk['until'] <= now then
    desk.state, desk.since, desk['until'] = 'ready', desk['until'], nil
  end
  return desk
end

local function keep_desk(advisor, desk) put(desks, advisor, cjson.encode(desk)) end

-- Another state, told to the advisor.
local function move_desk(advisor, desk, state, ends, missed)
  local was = desk.state
  desk.state, desk.since, desk['until'], desk.missed = state, now, ends, missed
  keep_desk(advisor, desk)
  place(lists, 'a|' .. (desk.team or '') .. '|' .. advisor, (state == 'ready' or state == 'wrap-up') and '0')
  if state == was and not ends then return end
  local told = cjson.encode({ state = state, since = now, ['until'] = ends, missed = missed })
  events[#events + 1] = { { advisor, 'callback.deskChanged', false }, '{"desk":', told, '' }
end

local function hold(record, advisor, name)
  record.callback.holder = record.body and { id = advisor, json = cjson.encode(name) } or { id = advisor, name = name }
end

-- Whether what a desk holds is an offer. Accepting it changes nothing at the desk.
local function is_offered(id, since)
  local head = since == 'offered' and get(records, id)
  return head and (find(head, '^offered|') or find(head, '"state":"offered"', 1, true))
end

-- Nobody holds it any more. Returns whoever did, and their desk, which somebody else keeps if `later`.
local function unhold(record, later)
  local callback = record.callback
  local holder = callback.holder and callback.holder.id
  if not holder then return nil end
  local desk = desk_of(holder)
  desk.work[callback.id] = nil
  if not later then keep_desk(holder, desk) end
  place(due, 'l|' .. callback.id, false)
  callback.holder, record.former = nil, holder
  return holder, desk
end

local function forget_declines(record)
  mark_refused(record, false)
  if not next(record.inner.declined) then return end
  for advisor in pairs(record.inner.declined) do
    put(marks, 'declined|' .. record.callback.id .. '|' .. advisor, false)
  end
  place(due, 'd|' .. record.callback.id, false)
  record.inner.declined, record.inner.again = {}, nil
end

local function window_place(callback)
  return 's|' .. callback.advisor .. '|' .. padded(callback.window.from) .. '|' .. callback.id
end

-- The end, whichever. Returns the desk of whoever held it, as `unhold` does.
local function close(record, state, later)
  local callback = record.callback
  leave(record)
  local _, desk = unhold(record, later)
  forget_declines(record)
  if callback.window then place(lists, window_place(callback), false) end
  place(lists, aside(callback), false)
  put(marks, 'open|' .. callback.jobseeker .. '|' .. callback.topic, false)
  callback.state, callback.step, callback.needsNumber = state, nil, nil
  return desk
end

-- Nothing of one that has ended is left.
local function remove(record)
  local callback = record.callback
  put(records, callback.id, false)
  put(records, callback.id .. '/b', false)
  for n = 1, record.inner.steps do put(records, callback.id .. '/' .. n, false) end
  place(lists, 'j|' .. callback.jobseeker .. '|' .. padded(callback.requestedAt) .. '|' .. callback.id, false)
end

-- Those who are told of a change, each once, as feed_shared takes them; whoever is offered it is told so instead.
local function told_of(people, offered)
  local told, size = {}, 0
  for n = 1, #people do
    local person = people[n]
    local isNew = person and person ~= offered
    for m = 1, isNew and size or 0, 3 do isNew = isNew and told[m] ~= person end
    if isNew then told[size + 1], told[size + 2], told[size + 3], size = person, 'callback.changed', false, size + 3 end
  end
  if offered then told[size + 1], told[size + 2], told[size + 3] = offered, 'callback.offered', true end
  return told
end

-- Store a record that has changed, with an entry of its history, and tell everybody concerned. Returns its text.
-- offer: as JSON, told to the holder instead of the change. note: for the history only.
local function save(record, by, why, note, offer)
  local callback, inner = record.callback, record.inner
  -- Later than the change before, so that readers can tell the newer of two states.
  callback.changedAt = math.max(now, callback.changedAt + 1)
  inner.steps = inner.steps + 1
  local id = callback.id
  local step = format('%s/%d', id, inner.steps)
  local entry = '{"state":"' .. callback.state .. '","at":' .. digits(callback.changedAt) .. ',"by":"' .. by .. '"' ..
    (why and field('why', why) or '') .. (note and field('note', note) or '') ..
    (inner.token > 0 and format(',"token":%d}', inner.token) or '}')
  local opening, rest, text, where
  if record.body then
    local head
    head, opening = write_plain(record)
    rest = record.body
    text, where = { head, rest }, step .. ' ' .. records
    entry = entry .. '\n' .. opening
    put(records, id, head)
    if inner.steps == 1 then put(records, id .. '/b', rest) end
  else
    opening, rest = cjson.encode(callback), ''
    text = { opening .. '\n' .. cjson.encode(inner) }
    put(records, id, text[1])
    opening = '{"callback":' .. opening
    -- A body stays: feeds tell by it what was (shared-event.lua).
    if not record.was_plain then known[records][id .. '/b'] = false end
  end
  put(records, step, entry)

  local holder = callback.holder and callback.holder.id
  local told = told_of({ callback.jobseeker, callback.advisor, holder or false, record.former or false, record.also or false },
    offer and holder)
  events[#events + 1] = { told, opening, rest, offer and ',"offer":' .. offer or '', where }
  return text
end

-- A record, if this advisor has its newest token; or nil and what to answer.
local function leased_to(record, advisor, token)
  if not record then return nil, { 'missing' } end
  if record.inner.token ~= tonumber(token) or record.inner.leasedTo ~= advisor then return nil, { 'gone' } end
  -- In line again: the offer that had this token is over.
  local state = record.callback.state
  if state == 'waiting' or state == 'scheduled' then return record, { 'gone' } end
  return record
end
