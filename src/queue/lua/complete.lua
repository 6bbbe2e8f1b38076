-- The holder ends an active callback; their wrap-up begins, or they are offered what comes next for them at once. A repeat with
-- the same token gives the same, without an offer: that has been told. An act of acts.lua.
-- args, from one to the last: id   advisor   token   disposition   note or ''   '1' if an appointment is wanted, else ''
--      wrap-up (ms)   … what offer_first takes, if they are to be offered more
-- Returns { 'ok', record, record of what is offered, if anything }, { 'missing' }, { 'gone' } or { 'conflict', state }.
local TO_DONE = ARGV[2]

local function complete(args, from, last)
  local id, advisor, token, disposition, note, follow, wrapup = unpack(args, from, from + 6)
  local record, refused = leased_to(load_plain(id), advisor, token)
  if refused then return refused end
  local callback, inner = record.callback, record.inner
  if callback.state == 'done' then return { 'ok', record.text } end
  if not allows(TO_DONE, callback.state) then return { 'conflict', callback.state } end

  -- Whoever completes it has reached them, said so or not.
  local ended = ''
  if inner.reached ~= inner.token then
    if record.body then
      ended = format(',"attempts":[{"at":%d,"by":"%s","name":', now, advisor) .. callback.holder.json ..
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
  local took, stored = now - inner.acceptedAt, get(figures, 'pace')
  local pace = tonumber(stored or took)
  local mean = format('%.0f', pace + (took - pace) / 16)
  if mean ~= stored then put(figures, 'pace', mean) end
  if tonumber(wrapup) > 0 and desk.state == 'ready' then move_desk(advisor, desk, 'wrap-up', now + tonumber(wrapup)) end
  local text = save(record, advisor, disposition, note ~= '' and note or nil)
  local next = last > from + 6 and offer_first(advisor, desk, args, from + 7, last)
  if not next then keep_desk(advisor, desk) end
  return { 'ok', text, next or nil }
end
