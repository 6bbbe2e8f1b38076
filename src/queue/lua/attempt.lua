#!lua
-- What came of a try to reach the jobseeker, and what follows by the policy (schedule.ts). A repeat gives the same.
-- KEYS 1–10 queue.lua
-- ARGV 1 id   2 advisor   3 token   4 idempotency key   5 outcome   6 note or ''   7 most attempts
--      8 'stay' | 'retry' | 'hold' | 'unreachable'   9 of retry and hold: readyAt, window, and times of its steps as JSON
-- Returns { 'ok', record }, { 'missing' }, { 'gone' } or { 'conflict', state }.
local id, advisor, token, key, outcome, note, most, verdict, plan = unpack(ARGV)
local record, refused = leased_to(load(id), advisor, token)
if record and record.inner.attemptKey == key then return { 'ok', record.text } end
if refused then return refused end
local callback, inner = record.callback, record.inner
local attempts = callback.attempts or {}
if callback.state ~= 'active' or #attempts >= tonumber(most) then return { 'conflict', callback.state } end

attempts[#attempts + 1] = { at = now, by = advisor, name = callback.holder.name, outcome = outcome }
callback.attempts, inner.attemptKey = attempts, key
inner.reached = outcome == 'reached' and inner.token or inner.reached
if verdict == 'unreachable' then
  close(record, 'unreachable')
elseif verdict ~= 'stay' then
  unhold(record)
  forget_declines(record)
  if callback.window then place(lists, window_place(callback), false) end
  plan = cjson.decode(plan)
  callback.readyAt, callback.window, callback.windowMissed = plan.readyAt, plan.window, nil
  callback.needsNumber = verdict == 'hold' or nil
  inner.at, inner.answerBy = plan.at, plan.answerBy
  if callback.window then place(lists, window_place(callback), '0') end
  line_up(record)
end
return done({ 'ok', save(record, advisor, outcome, note ~= '' and note or nil) })
