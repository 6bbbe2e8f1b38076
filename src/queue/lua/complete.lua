#!lua
-- The holder ends an active callback; their wrap-up begins, or they are offered what comes next for them at once. A repeat with
-- the same token gives the same, without an offer: that has been told.
-- KEYS 1–10 queue.lua
-- ARGV 1 id   2 advisor   3 token   4 states that may become done, separated by commas   5 disposition   6 note or ''
--      7 '1' if an appointment is wanted, else ''   8 wrap-up (ms)   9 … what offering.lua takes, if they are to be offered more
-- Returns { 'ok', record, record of what is offered, if anything }, { 'missing' }, { 'gone' } or { 'conflict', state }.
local id, advisor, token, allowed, disposition, note, follow, wrapup = unpack(ARGV, 1, 8)
local record, refused = leased_to(load_plain(id), advisor, token)
if refused then return refused end
local callback, inner = record.callback, record.inner
if callback.state == 'done' then return { 'ok', record.text } end
if not allows(allowed, callback.state) then return { 'conflict', callback.state } end

-- Whoever completes it has reached them, said so or not.
local ended = ''
if inner.reached ~= inner.token then
  if record.body then
    ended = string.format(',"attempts":[{"at":%d,"by":"%s","name":', now, advisor) .. callback.holder.json ..
      ',"outcome":"reached"}]'
  else
    local attempts = callback.attempts or {}
    attempts[#attempts + 1] = { at = now, by = advisor, name = callback.holder.name, outcome = 'reached' }
    callback.attempts = attempts
  end
end
local desk = close(record, 'done', true)
callback.disposition, callback.followUp = disposition, follow == '1' or nil
record.ended = field('disposition', disposition) .. (follow == '1' and ',"followUp":true' or '') .. ended
if note ~= '' then inner.note = note end
local took = now - inner.acceptedAt
local stored, of_region, of_team = unpack(redis.call('HMGET', figures, 'pace', 'pause|', 'pause|' .. (ARGV[10] or '')))
local pace = tonumber(stored or took)
local mean = string.format('%.0f', pace + (took - pace) / 16)
if mean ~= stored then redis.call('HSET', figures, 'pace', mean) end
if tonumber(wrapup) > 0 and desk.state == 'ready' then move_desk(advisor, desk, 'wrap-up', now + tonumber(wrapup)) end
local text = save(record, advisor, disposition, note ~= '' and note or nil)
local next = #ARGV > 8 and offer_first(advisor, desk, ARGV, 8, of_region or of_team)
if not next then keep_desk(advisor, desk) end
return { 'ok', text, next or nil }
