-- For scripts that tell several people of the same thing (with events.lua before it). What it is stands once in the log, with the
-- place that it has in the feed of each. The feeds keep that very text, or where it is found: shared-event.ts makes frames of it
-- for whoever asks. To write a frame for each of them cost as much as the rest of a transition. All that one run of a script tells
-- is one entry of the log: of one event its text as the field e, of several the parts of each, h, d, r and m.

-- Of a log whose entries tell of so much that a quarter of them has as many events.
local BUSY_EVENTS, BUSY_LOG_LENGTH = 4, '2500'

-- feeds, log, nudge: as feed_each has them      time: of Redis
-- events: { told, data, rest, more, where } of each, in their order
--   told: { person, name of the event, whether `more` is for them } of each, none of them twice
--   data: in two parts, JSON without its last brace      more: further fields of it, or ''
--   where: nil, or '<field> <hash>' of what keeps both parts and never changes them: data after a line break in the field
--     <name>/<n>, rest as the field <name>/b
-- known: <person> and <person>/epoch of the feeds, as far as somebody has asked for them
local function feed_shared(feeds, log, nudge, time, events, known)
  local asked, kept, gone, parts = {}, {}, {}, {}
  for n = 1, #events do
    for _, one in ipairs(events[n][1]) do
      local person = one[1]
      if known[person] == nil then
        asked[#asked + 1], asked[#asked + 2] = person, person .. '/epoch'
        known[person] = false
      end
    end
  end
  local values = #asked > 0 and redis.call('HMGET', feeds, unpack(asked))
  for n = 1, #asked do known[asked[n]] = values[n] end
  for n = 1, #events do
    local told, data, rest, more, where = unpack(events[n], 1, 5)
    local head, places = '&', {}
    for m = 1, #told do
      local person, name, has_more = unpack(told[m])
      local number, epoch = (tonumber(known[person]) or 0) + 1, known[person .. '/epoch']
      local offset = string.format('%d', number)
      if not epoch then
        epoch = string.format('%x%05x', time[1], time[2])
        known[person .. '/epoch'] = epoch
        kept[#kept + 1], kept[#kept + 2] = person .. '/epoch', epoch
      end
      known[person] = number
      head = head .. ' "' .. person .. '" ' .. offset .. ' ' .. epoch .. ' ' .. name .. (has_more and ' +' or ' -')
      kept[#kept + 1], kept[#kept + 2], kept[#kept + 3] = person, offset, person .. '/' .. offset
      kept[#kept + 1] = where and '@ ' .. name .. ' ' .. where .. '\n' .. (has_more and more or '') or ''
      places[m] = #kept
      if number > FEED_LENGTH then gone[#gone + 1] = person .. '/' .. string.format('%d', number - FEED_LENGTH) end
    end
    local text = (not where or #events == 1) and head .. '\n' .. data .. rest .. '\n' .. more
    for m = 1, where and 0 or #places do kept[places[m]] = text end
    if #events == 1 then
      parts[1], parts[2] = 'e', text
    else
      local from = #parts
      parts[from + 1], parts[from + 2], parts[from + 3], parts[from + 4] = 'h', head, 'd', data
      parts[from + 5], parts[from + 6], parts[from + 7], parts[from + 8] = 'r', rest, 'm', more
    end
  end
  redis.call('HSET', feeds, unpack(kept))
  if #gone > 0 then redis.call('HDEL', feeds, unpack(gone)) end
  local length = #events > BUSY_EVENTS and BUSY_LOG_LENGTH or LOG_LENGTH
  local id = redis.call('XADD', log, 'MAXLEN', '~', length, '0-*', unpack(parts))
  -- What is in parts is read from the log: to make one text of it would cost more than to read it.
  redis.call('SPUBLISH', nudge, string.sub(id, 3) .. ' ' .. (#events == 1 and parts[2] or '*'))
end
