#!lua
-- The jobseeker wants another time or another number. Whoever held it holds it no more. A repeat gives the same.
-- KEYS 1–10 queue.lua
-- ARGV 1 id   2 jobseeker   3 idempotency key   4 states that may become scheduled, separated by commas   5 phone or ''
--      6 readyAt, window, and times of its steps as JSON   7 'now' if it is to wait from this moment on, else ''
--      8 most windows of the advisor in the window asked for
-- Returns { 'ok', record }, { 'missing' }, { 'conflict', state } or { 'full' }.
local id, jobseeker, key, allowed, phone, plan, soon, capacity = unpack(ARGV)
local record = load(id)
if not record or record.callback.jobseeker ~= jobseeker then return { 'missing' } end
local callback, inner = record.callback, record.inner
if inner.rescheduleKey == key then return { 'ok', record.text } end
if not allows(allowed, callback.state) then return { 'conflict', callback.state } end
plan = cjson.decode(plan)
local window = plan.window
if window and not (callback.window and callback.window.from == window.from) and
  redis.call('ZLEXCOUNT', lists, '[s|' .. callback.advisor .. '|' .. padded(window.from),
    '(s|' .. callback.advisor .. '|' .. padded(window['until'])) >= tonumber(capacity) then return { 'full' } end

leave(record)
unhold(record)
forget_declines(record)
if callback.window then place(lists, window_place(callback), false) end
callback.readyAt, callback.window, callback.windowMissed = soon == 'now' and now or plan.readyAt, window, nil
callback.needsNumber = nil
if phone ~= '' then callback.phone = phone end
inner.at, inner.answerBy, inner.rescheduleKey = plan.at, plan.answerBy, key
if window then place(lists, window_place(callback), '0') end
line_up(record)
return done({ 'ok', save(record, jobseeker, 'rescheduled') })
