-- For scripts that tell several people of the same thing (with events.lua before it). What it is stands once in the log, with the
-- place that it has in the feed of each. The feeds keep that very text, or where it is found: shared-event.ts makes frames of it
-- for whoever asks. To write a frame for each of them cost as much as the rest of a transition. All that one run of a script tells
-- is one entry of the log, and one nudge, which has it in hand: to read it instead would wait for the disk once more.

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
  local kept, fields, gone, lines, size = {}, 0, {}, {}, 0
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
    lines[size + 1], lines[size + 2], lines[size + 3], size = head, data .. rest, more, size + 3
    if not where then
      local text = table.concat(lines, '\n', size - 2, size)
      for m = from + 1, fields do if kept[m] == n then kept[m] = text end end
    end
  end
  call('HSET', feeds, unpack(kept))
  if #gone > 0 then call('HDEL', feeds, unpack(gone)) end
  local length = #events > BUSY_EVENTS and BUSY_LOG_LENGTH or LOG_LENGTH
  local text = table.concat(lines, '\n')
  local id = call('XADD', log, 'MAXLEN', '~', length, '0-*', 'e', text)
  call('SPUBLISH', nudge, sub(id, 3) .. ' ' .. text)
end
