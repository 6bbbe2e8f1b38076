-- For scripts that tell several people of the same thing (with events.lua before it). What it is stands once in the log, with the
-- place that it has in the feed of each. The feeds keep that very text, or where it is found: shared-event.ts makes frames of it
-- for whoever asks. To write a frame for each of them cost as much as the rest of a transition. All that one run of a script tells
-- is one entry of the log: of one event its text as the field e, of several the parts of each, h, d, r and m.

-- Of a log whose entries tell of so much that a quarter of them has as many events.
local BUSY_EVENTS, BUSY_LOG_LENGTH = 4, '2500'

-- feeds, log, nudge: as feed_each has them      time: of Redis
-- events: { told, data, rest, more, where } of each, in their order
--   told: three for each of them, and none of them twice: person, name of the event, whether `more` is for them
--   data: in two parts, JSON without its last brace      more: further fields of it, or ''
--   where: nil, or '<field> <hash>' of what keeps both parts and never changes them: data after a line break in the field
--     <name>/<n>, rest as the field <name>/b
-- known: <person> and <person>/epoch of the feeds, as far as somebody has asked for them
local function feed_shared(feeds, log, nudge, time, events, known)
  local asked, missing = {}, 0
  for n = 1, #events do
    local told = events[n][1]
    for m = 1, #told, 3 do
      local person = told[m]
      if known[person] == nil then
        asked[missing + 1], asked[missing + 2], missing = person, person .. '/epoch', missing + 2
        known[person] = false
      end
    end
  end
  local values = missing > 0 and call('HMGET', feeds, unpack(asked))
  for n = 1, missing do known[asked[n]] = values[n] end

  -- Lengths are counted: to ask a table for its own costs more than what is put into it.
  local kept, fields, gone, parts, last = {}, 0, {}, {}, 0
  for n = 1, #events do
    local told, data, rest, more, where = unpack(events[n], 1, 5)
    local head, from, pointed, pointer = '&', fields, nil, nil
    for m = 1, #told, 3 do
      local person, name, has_more = told[m], told[m + 1], told[m + 2]
      local of_epoch = person .. '/epoch'
      local number, epoch = (known[person] or 0) + 1, known[of_epoch]
      local offset = format('%d', number)
      if not epoch then
        epoch = format('%x%05x', time[1], time[2])
        known[of_epoch] = epoch
        kept[fields + 1], kept[fields + 2], fields = of_epoch, epoch, fields + 2
      end
      known[person] = number
      head = head .. ' "' .. person .. '" ' .. offset .. ' ' .. epoch .. ' ' .. name .. (has_more and ' +' or ' -')
      kept[fields + 1], kept[fields + 2], kept[fields + 3] = person, offset, person .. '/' .. offset
      if where and pointed ~= name then pointed, pointer = name, '@ ' .. name .. ' ' .. where .. '\n' end
      kept[fields + 4] = not where and n or has_more and pointer .. more or pointer
      fields = fields + 4
      if number > FEED_LENGTH then gone[#gone + 1] = person .. '/' .. format('%d', number - FEED_LENGTH) end
    end
    local text = (not where or #events == 1) and head .. '\n' .. data .. rest .. '\n' .. more
    if not where then
      for m = from + 1, fields do if kept[m] == n then kept[m] = text end end
    end
    if #events == 1 then
      parts[1], parts[2] = 'e', text
    else
      parts[last + 1], parts[last + 2], parts[last + 3], parts[last + 4] = 'h', head, 'd', data
      parts[last + 5], parts[last + 6], parts[last + 7], parts[last + 8], last = 'r', rest, 'm', more, last + 8
    end
  end
  call('HSET', feeds, unpack(kept))
  if #gone > 0 then call('HDEL', feeds, unpack(gone)) end
  local length = #events > BUSY_EVENTS and BUSY_LOG_LENGTH or LOG_LENGTH
  local id = call('XADD', log, 'MAXLEN', '~', length, '0-*', unpack(parts))
  -- What is in parts is read from the log: to make one text of it would cost more than to read it.
  call('SPUBLISH', nudge, sub(id, 3) .. ' ' .. (#events == 1 and parts[2] or '*'))
end
