#!lua
-- Put a new request in line, unless the jobseeker has an open one of that topic. A repeat gives the same.
-- KEYS 1–10 queue.lua   11 requested string: the answer to this idempotency key   12 erased zset of whom nothing is made
-- ARGV 1 callback as JSON without state, times of its own and counts   2 times of its steps, team and bonus as JSON
--      3 'now' if it is to wait from this moment on, else ''   4 most windows of the advisor in the window asked for
--      5 ms a key is remembered   6 requests kept per jobseeker
-- Returns { 'created' | 'existing', record }, { 'full' }, or { 'erased' } for a jobseeker who is (store/fence.ts).
local requested, erased = KEYS[11], KEYS[12]
local callback, inner = cjson.decode(ARGV[1]), cjson.decode(ARGV[2])
local soon, capacity, remember, kept = ARGV[3] == 'now', tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local id, jobseeker = callback.id, callback.jobseeker
if redis.call('ZSCORE', erased, jobseeker) then return { 'erased' } end
local open = 'open|' .. jobseeker .. '|' .. callback.topic

local word, earlier = string.match(redis.call('GET', requested) or '', '^(%a+):(.+)$')
if not earlier then
  word, earlier = 'existing', redis.call('HGET', marks, open)
  local window = callback.window
  if not earlier and window and redis.call('ZLEXCOUNT', lists, '[s|' .. callback.advisor .. '|' .. padded(window.from),
    '(s|' .. callback.advisor .. '|' .. padded(window['until'])) >= capacity then return { 'full' } end
  redis.call('SET', requested, earlier and 'existing:' .. earlier or 'created:' .. id, 'PX', remember)
end
if earlier then return { word, redis.call('HGET', records, earlier) } end

callback.requestedAt, callback.changedAt = now, 0
callback.priority, callback.missedOffers, callback.declines = 0, 0, 0
if soon then callback.readyAt = now end
inner.token, inner.leaseUntil, inner.steps, inner.entered, inner.declined = 0, 0, 0, 0, {}
local record = { callback = callback, inner = inner }
line_up(record)
redis.call('HSET', marks, open, id)
redis.call('ZADD', lists, 0, 'q|' .. callback.advisor .. '|' .. padded(now) .. '|' .. id,
  0, 'j|' .. jobseeker .. '|' .. padded(now) .. '|' .. id)
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
