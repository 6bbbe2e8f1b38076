#!lua
-- Put a new request in line, unless the jobseeker has an open one of that topic. A repeat gives the same.
-- KEYS 1–10 queue.lua   11 requested string: the answer to this idempotency key   12 erased zset of whom nothing is made
-- ARGV 1 callback as JSON without state and times of its own   2 times of its steps, team and bonus as JSON: both as in plain.lua
--      3 from when on it waits (ms), or '' for this moment   4 most windows of the advisor in the window asked for
--      5 ms a key is remembered   6 requests kept per jobseeker
-- Returns { 'created' | 'existing', record }, { 'full' }, or { 'erased' } for a jobseeker who is (store/fence.ts).
local requested, erased = KEYS[11], KEYS[12]
local ready, capacity, remember, kept = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
-- In line at once, and for no window: plain.
local callback, inner = not ready and read_body(ARGV[1]), read_plan(ARGV[2])
local is_plain = callback and inner
if not is_plain then callback, inner = cjson.decode(ARGV[1]), cjson.decode(ARGV[2]) end
local id, jobseeker = callback.id, callback.jobseeker
if redis.call('ZSCORE', erased, jobseeker) then return { 'erased' } end
local open = 'open|' .. jobseeker .. '|' .. callback.topic

local earlier = redis.call('HGET', marks, open)
local window = callback.window
local full = window and not earlier and redis.call('ZLEXCOUNT', lists, '[s|' .. callback.advisor .. '|' .. padded(window.from),
  '(s|' .. callback.advisor .. '|' .. padded(window['until'])) >= capacity
-- What this key was answered with before, or else is from now on.
local answered = full and redis.call('GET', requested) or not full and
  redis.call('SET', requested, earlier and 'existing:' .. earlier or 'created:' .. id, 'NX', 'GET', 'PX', ARGV[5])
if answered then
  local word, answer = string.match(answered, '^(%a+):(.+)$')
  return { word, load_plain(answer).text }
end
if full then return { 'full' } end
if earlier then return { 'existing', load_plain(earlier).text } end

callback.requestedAt, callback.changedAt, callback.readyAt = now, 0, ready or now
inner.token, inner.leaseUntil, inner.steps, inner.entered, inner.acceptedAt, inner.leasedTo = 0, 0, 0, 0, 0, ''
local record = { callback = callback, inner = inner }
if is_plain then
  local at = inner.at
  record.kept = string.format('%d|%d|%d|%d|%d|%d|%s|%s|%s|%s|%s|', now, now, inner.answerBy, at.cover, at.team, at.region,
    inner.team, jobseeker, callback.advisor, callback.topic, callback.language)
  record.body = string.format(',"requestedAt":%d,"readyAt":%d,', now, now) .. string.sub(ARGV[1], 2)
end
line_up(record)
redis.call('HSET', marks, open, id)
local asked = '|' .. padded(now) .. '|' .. id
redis.call('ZADD', lists, '0', 'q|' .. callback.advisor .. asked, '0', 'j|' .. jobseeker .. asked)
if callback.window then redis.call('ZADD', lists, 0, window_place(callback)) end
local text = save(record, jobseeker, 'requested')

local from, to = '[j|' .. jobseeker .. '|', '(j|' .. jobseeker .. '}'
-- Counting costs four times as much as a look whether there is one too many.
local is_over = redis.call('ZRANGEBYLEX', lists, from, to, 'LIMIT', kept, 1)[1]
local surplus = is_over and redis.call('ZLEXCOUNT', lists, from, to) - kept or 0
for _, old in ipairs(is_over and redis.call('ZRANGEBYLEX', lists, from, to, 'LIMIT', 0, surplus) or {}) do
  local other = load(string.match(old, '[^|]+$'))
  local ended = allows('done,cancelled,unreachable', other.callback.state)
  -- Not while an idempotency key may still point to it.
  if ended and other.callback.changedAt <= now - remember then remove(other) end
end
return { 'created', text }
