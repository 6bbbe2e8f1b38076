-- For acts.lua: requests.

local REMEMBER, KEPT = ARGV[3], ARGV[4]

-- The oldest requests of a jobseeker that are more than are kept: not while an idempotency key may still point to one. Looked at
-- are only those that were made before then, however many came since.
local function drop_surplus(jobseeker)
  write_set(lists)
  local from, to = '[j|' .. jobseeker .. '|', '(j|' .. jobseeker .. '}'
  local old = '(j|' .. jobseeker .. '|' .. padded(now - REMEMBER + 1)
  if not call('ZRANGEBYLEX', lists, from, old, 'LIMIT', '0', '1')[1] then return end
  -- Counting costs four times as much as a look whether there is one too many.
  if not call('ZRANGEBYLEX', lists, from, to, 'LIMIT', KEPT, '1')[1] then return end
  local surplus = call('ZLEXCOUNT', lists, from, to) - KEPT
  for _, member in ipairs(call('ZRANGEBYLEX', lists, from, old, 'LIMIT', '0', surplus)) do
    local other = load(match(member, '[^|]+$'))
    local ended = allows('done,cancelled,unreachable', other.callback.state)
    if ended and other.callback.changedAt <= now - REMEMBER then remove(other) end
  end
end

-- Put a new request in line, unless the jobseeker has an open one of that topic. A repeat gives the same: its id follows from its
-- key (callbacks.ts), and what a key was answered with that made none is kept beside. An act of acts.lua.
-- args, from one on: id   jobseeker   advisor   topic   language   callback as JSON without state and times of its own
--      window as JSON or ''   from when on it waits (ms), or '' for this moment   most windows of the advisor in that window
--      team or ''   when it is to be answered by (ms)   times of its steps (ms): cover, team, region
-- known_as: the string that its key has
-- Returns { 'created' | 'existing', record }, { 'full' }, or { 'erased' } for a jobseeker who is (store/fence.ts).
local function request(args, from, known_as, answered, erased)
  local id, jobseeker, advisor, topic, language, json, window, ready, capacity, team, answer_by = unpack(args, from, from + 10)
  local cover_at, team_at, region_at = unpack(args, from + 11, from + 13)
  if erased then return { 'erased' } end
  local word, other = match(answered or '', '^(%a+):(.+)$')
  local before = word and load_plain(other)
  if before then return { word, before.text } end
  if get(records, id) then return { 'created', load_plain(id).text } end
  local open = 'open|' .. jobseeker .. '|' .. topic
  local earlier = get(marks, open)
  if earlier then
    call('SET', known_as, 'existing:' .. earlier, 'PX', REMEMBER)
    return { 'existing', load_plain(earlier).text }
  end

  local callback = { id = id, jobseeker = jobseeker, advisor = advisor, topic = topic, language = language }
  local inner = { team = team, bonus = 0, answerBy = tonumber(answer_by), declined = {},
    at = { cover = tonumber(cover_at), team = tonumber(team_at), region = tonumber(region_at) } }
  local record = { callback = callback, inner = inner }
  if window == '' and ready == '' then
    -- In line at once, and for no window: plain.
    local at = digits(now)
    record.kept = at .. '|' .. at .. '|' .. answer_by .. '|' .. cover_at .. '|' .. team_at .. '|' .. region_at .. '|' ..
      team .. '|' .. jobseeker .. '|' .. advisor .. '|' .. topic .. '|' .. language .. '|'
    record.body = ',"requestedAt":' .. at .. ',"readyAt":' .. at .. ',' .. sub(json, 2)
  else
    callback = cjson.decode(json)
    record.callback = callback
    if window ~= '' then
      callback.window = cjson.decode(window)
      write_set(lists)
      if call('ZLEXCOUNT', lists, '[s|' .. advisor .. '|' .. padded(callback.window.from),
        '(s|' .. advisor .. '|' .. padded(callback.window['until'])) >= tonumber(capacity) then return { 'full' } end
      place(lists, window_place(callback), '0')
    end
  end
  callback.requestedAt, callback.changedAt, callback.readyAt = now, 0, tonumber(ready) or now
  inner.token, inner.leaseUntil, inner.steps, inner.entered, inner.acceptedAt, inner.leasedTo = 0, 0, 0, 0, 0, ''
  line_up(record)
  put(marks, open, id)
  place(lists, 'j|' .. jobseeker .. '|' .. padded(now) .. '|' .. id, '0')
  local text = save(record, jobseeker, 'requested')
  -- Whoever was never told of so many events has made no more requests.
  if tonumber(get(feeds, jobseeker) or 0) >= tonumber(KEPT) then drop_surplus(jobseeker) end
  return { 'created', text }
end
