-- For every script of the queue (with events.lua and shared-event.lua of store/lua, and plain.lua, before it): its keys, Redis's clock, and what all of
-- them do with a record. What the keys hold is in keys.ts.
local records, lines, lists, due, marks, desks, figures, feeds, log, nudge = unpack(KEYS)
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local STEPS = { 'own', 'cover', 'team', 'region' }

local function padded(at) return string.format('%015d', at) end

-- { callback, inner, text }, or nil. Of one that is plain (plain.lua) callback and inner have what its head has.
local function load_plain(id)
  local head, body = unpack(redis.call('HMGET', records, id, id .. '/b'))
  if not head then return nil end
  local plain = body and read_plain(id, head, body)
  if plain then return plain end
  local cut = string.find(head, '\n', 1, true)
  local callback, inner = cjson.decode(string.sub(head, 1, cut - 1)), cjson.decode(string.sub(head, cut + 1))
  return { callback = callback, inner = inner, text = { head } }
end

-- The same, with all that there is of it.
local function load(id)
  local record = load_plain(id)
  return record and record.body and whole(record) or record
end

local function allows(states, state) return string.find(',' .. states .. ',', ',' .. state .. ',', 1, true) end

-- Where it stands in the line of its n-th step.
local function member(record, n)
  local callback, inner = record.callback, record.inner
  local line = n == 4 and 'r' or n == 3 and 't:' .. inner.team or (n == 2 and 'c:' or 'o:') .. callback.advisor
  return line .. '|' .. callback.topic .. '|' .. callback.language .. '|' ..
    padded(callback.readyAt - inner.bonus) .. '|' .. callback.id
end

-- Its places in the lists of what waits, by team and by advisor.
local function places(record)
  local callback = record.callback
  local since = '|' .. padded(callback.readyAt) .. '|' .. callback.id
  return 'b|' .. record.inner.team .. since, 'd|' .. callback.advisor .. since
end

-- When the clock is to look at it again; nil for not at all.
local function look_at(record, at)
  if at then redis.call('ZADD', due, at, 'w|' .. record.callback.id)
  elseif record.inner.looked then redis.call('ZREM', due, 'w|' .. record.callback.id) end
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
  local from = '[a|'
  while true do
    local found = redis.call('ZRANGEBYLEX', lists, from, '(a}', 'LIMIT', 0, 100)
    for _, one in ipairs(found) do
      local advisor = string.match(one, '[^|]+$')
      local stored = not inner.declined[advisor] and redis.call('HGET', desks, advisor)
      if stored and fits(cjson.decode(stored), callback.topic, callback.language) then return true end
    end
    if #found < 100 then return false end
    from = '(' .. found[#found]
  end
end

-- Whether everybody has declined it, for the board.
local function mark_refused(record, refused)
  local place = 'x|' .. record.inner.team .. '|' .. record.callback.id
  if refused then redis.call('ZADD', lists, '0', place)
  elseif record.inner.refused then redis.call('ZREM', lists, place) end
  record.inner.refused = refused or nil
end

local function judge(record) mark_refused(record, next(record.inner.declined) and not has_taker(record)) end

-- While there are declines, each minute: people come to work and leave it.
local function look_at_declines(record)
  local again, turn = record.inner.again, now + 60000
  for _, at in pairs(again) do if at > now then turn = math.min(turn, at) end end
  redis.call('ZADD', due, turn, 'd|' .. record.callback.id)
end

-- Into the lines of the steps whose time has come. To be called again when the next one has.
local function enter(record)
  local callback, inner = record.callback, record.inner
  local at, before = inner.at, inner.entered
  local reached = math.max(before, now >= at.region and 4 or now >= at.team and 3 or now >= at.cover and 2 or 1)
  local added = {}
  for n = before + 1, reached do
    added[#added + 1] = '0'
    added[#added + 1] = member(record, n)
  end
  if reached > before then redis.call('ZADD', lines, unpack(added)) end
  if before == 0 then
    local of_team, of_advisor = places(record)
    redis.call('ZADD', lists, '0', of_team, '0', of_advisor)
  end
  inner.entered, callback.step = reached, STEPS[reached]
  local turn = reached < 4 and at[STEPS[reached + 1]] or math.huge
  local ends = callback.window and not callback.windowMissed and callback.window['until'] or math.huge
  look_at(record, math.min(turn, ends) < math.huge and math.min(turn, ends) or nil)
  if next(inner.declined) then judge(record) end
end

-- Out of all lines. The place stays in the record.
local function leave(record)
  local inner, gone = record.inner, {}
  for n = 1, inner.entered do gone[n] = member(record, n) end
  if inner.entered > 0 then
    redis.call('ZREM', lines, unpack(gone))
    redis.call('ZREM', lists, places(record))
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
    look_at(record, callback.readyAt)
  end
end

-- The desk of an advisor; of one who is not known yet, ready. A wrap-up ends by the clock.
local function desk_of(advisor)
  local stored = redis.call('HGET', desks, advisor)
  local desk = stored and cjson.decode(stored) or { state = 'ready', since = now, work = {} }
  if desk.state == 'wrap-up' and desk['until'] <= now then
    desk.state, desk.since, desk['until'] = 'ready', desk['until'], nil
  end
  return desk
end

local function keep_desk(advisor, desk) redis.call('HSET', desks, advisor, cjson.encode(desk)) end

-- Another state, told to the advisor.
local function move_desk(advisor, desk, state, ends, missed)
  local was = desk.state
  desk.state, desk.since, desk['until'], desk.missed = state, now, ends, missed
  keep_desk(advisor, desk)
  local place = 'a|' .. (desk.team or '') .. '|' .. advisor
  if state == 'ready' or state == 'wrap-up' then redis.call('ZADD', lists, '0', place)
  else redis.call('ZREM', lists, place) end
  if state == was and not ends then return end
  feed(feeds, log, nudge, advisor, 'callback.deskChanged',
    '{"desk":' .. cjson.encode({ state = state, since = now, ['until'] = ends, missed = missed }) .. '}')
end

local function hold(record, advisor, name)
  record.callback.holder = record.body and { id = advisor, json = cjson.encode(name) } or { id = advisor, name = name }
end

-- Whether what a desk holds is an offer. Accepting it changes nothing at the desk.
local function is_offered(id, since)
  local head = since == 'offered' and redis.call('HGET', records, id)
  return head and (string.find(head, '^offered|') or string.find(head, '"state":"offered"', 1, true))
end

-- Nobody holds it any more. Returns whoever did, and their desk, which somebody else keeps if `later`.
local function unhold(record, later)
  local callback = record.callback
  local holder = callback.holder and callback.holder.id
  if not holder then return nil end
  local desk = desk_of(holder)
  desk.work[callback.id] = nil
  if not later then keep_desk(holder, desk) end
  redis.call('ZREM', due, 'l|' .. callback.id)
  callback.holder, record.former = nil, holder
  return holder, desk
end

local function forget_declines(record)
  for advisor in pairs(record.inner.declined) do
    redis.call('HDEL', marks, 'declined|' .. record.callback.id .. '|' .. advisor)
  end
  if next(record.inner.declined) then redis.call('ZREM', due, 'd|' .. record.callback.id) end
  mark_refused(record, false)
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
  if callback.window then redis.call('ZREM', lists, window_place(callback)) end
  redis.call('ZREM', lists, 'q|' .. callback.advisor .. '|' .. padded(callback.requestedAt) .. '|' .. callback.id)
  redis.call('HDEL', marks, 'open|' .. callback.jobseeker .. '|' .. callback.topic)
  callback.state, callback.step, callback.needsNumber = state, nil, nil
  return desk
end

-- Nothing of one that has ended is left.
local function remove(record)
  local callback, fields = record.callback, { record.callback.id, record.callback.id .. '/b' }
  for n = 1, record.inner.steps do fields[n + 2] = callback.id .. '/' .. n end
  -- A script may unpack some thousand values only.
  for n = 1, #fields, 1000 do redis.call('HDEL', records, unpack(fields, n, math.min(n + 999, #fields))) end
  redis.call('ZREM', lists, 'j|' .. callback.jobseeker .. '|' .. padded(callback.requestedAt) .. '|' .. callback.id)
end

-- Store a record that has changed, with an entry of its history, and tell everybody concerned. Returns its text.
-- offer: as JSON, told to the holder instead of the change. note: for the history only.
local function save(record, by, why, note, offer)
  local callback, inner = record.callback, record.inner
  -- Later than the change before, so that readers can tell the newer of two states.
  callback.changedAt = math.max(now, callback.changedAt + 1)
  inner.steps = inner.steps + 1
  local id, step = callback.id, string.format('%s/%d', callback.id, inner.steps)
  local entry = string.format('{"state":"%s","at":%d,"by":"%s"', callback.state, callback.changedAt, by) ..
    field('why', why) .. field('note', note) .. (inner.token > 0 and string.format(',"token":%d}', inner.token) or '}')
  local opening, rest, text
  if record.body then
    local head
    head, opening = write_plain(record)
    rest, text = record.body, { head, record.body }
    if inner.steps == 1 then redis.call('HSET', records, id, head, id .. '/b', rest, step, entry)
    else redis.call('HSET', records, id, head, step, entry) end
  else
    opening, rest = cjson.encode(callback), ''
    text = { opening .. '\n' .. cjson.encode(inner) }
    redis.call('HSET', records, id, text[1], step, entry)
    if record.was_plain then redis.call('HDEL', records, id .. '/b') end
  end

  local holder = callback.holder and callback.holder.id or ''
  local seen, told = { [''] = true, [offer and holder or ''] = true }, {}
  for _, person in ipairs({ callback.jobseeker, callback.advisor, holder, record.former or '', record.also or '' }) do
    if not seen[person] then told[#told + 1] = { person, 'callback.changed' } end
    seen[person] = true
  end
  if offer then told[#told + 1] = { holder, 'callback.offered', true } end
  feed_shared(feeds, log, nudge, clock, told, '{"callback":' .. opening, rest, offer and ',"offer":' .. offer or '')
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

-- For each class of topic and language in a line that fits the desk: visit(class, its first member).
local function each_class(line, desk, visit)
  local from, stop = '[' .. line .. '|', '(' .. line .. '}'
  repeat
    local first, another = unpack(redis.call('ZRANGEBYLEX', lines, from, stop, 'LIMIT', '0', '2'))
    if not first then return end
    local class, topic, language = string.match(first, '^([^|]*|([^|]*)|([^|]*))|')
    if fits(desk, topic, language) then visit(class, first) end
    from = '(' .. class .. '}'
  until not another
end

-- Somebody has taken it: for the service level of the day.
local function count_taken(day, record, advisor)
  local field = record.inner.team .. '|' .. advisor .. (now <= record.inner.answerBy and '|ok' or '|late')
  if redis.call('HINCRBY', day, field, '1') == 1 then redis.call('EXPIRE', day, '691200') end
end
