-- For scripts that tell several people of the same thing (with events.lua before it). What it is stands once in the log, with the
-- place that it has in the feed of each, and the feeds keep that very text: shared-event.ts makes frames of it for whoever asks.
-- To write a frame for each of them cost as much as the rest of a transition.

-- feeds, log, nudge: as feed_each has them      time: of Redis
-- told: { person, name of the event, whether `more` is for them } of each, none of them twice
-- data: in two parts, JSON without its last brace      more: further fields of it, or ''
local function feed_shared(feeds, log, nudge, time, told, data, rest, more)
  local asked, kept, gone, places = {}, {}, {}, {}
  for n = 1, #told do
    asked[2 * n - 1], asked[2 * n] = told[n][1], told[n][1] .. '/epoch'
  end
  local known = redis.call('HMGET', feeds, unpack(asked))
  local head = '&'
  for n = 1, #told do
    local person, name, has_more = unpack(told[n])
    local number, epoch = (tonumber(known[2 * n - 1]) or 0) + 1, known[2 * n]
    local offset = string.format('%d', number)
    if not epoch then
      epoch = string.format('%x%05x', time[1], time[2])
      kept[#kept + 1], kept[#kept + 2] = asked[2 * n], epoch
    end
    head = head .. ' "' .. person .. '" ' .. offset .. ' ' .. epoch .. ' ' .. name .. (has_more and ' +' or ' -')
    kept[#kept + 1], kept[#kept + 2], kept[#kept + 3] = person, offset, person .. '/' .. offset
    kept[#kept + 1] = ''
    places[n] = #kept
    if number > FEED_LENGTH then gone[#gone + 1] = person .. '/' .. string.format('%d', number - FEED_LENGTH) end
  end
  local entry = head .. '\n' .. data .. rest .. '\n' .. more
  for n = 1, #places do kept[places[n]] = entry end
  redis.call('HSET', feeds, unpack(kept))
  if #gone > 0 then redis.call('HDEL', feeds, unpack(gone)) end
  local id = redis.call('XADD', log, 'MAXLEN', '~', LOG_LENGTH, '0-*', 'e', entry)
  redis.call('SPUBLISH', nudge, string.sub(id, 3) .. ' ' .. entry)
end
