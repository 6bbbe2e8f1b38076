-- For every script of presence: the record of one person.
-- { s = { <session> = { n = node, c = connection, a = 1 while away, d = since when without a connection (ms) } }, shown, seen }

local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function read(sessions, person)
  local stored = redis.call('HGET', sessions, person)
  return stored and cjson.decode(stored) or { s = {}, shown = 'offline' }
end

-- Store the record, and tell those who follow this person if they now show differently.
local function write(sessions, log, nudge, person, record)
  local state = 'offline'
  for _, session in pairs(record.s) do
    if not session.a then state = 'online' break end
    state = 'away'
  end
  local changed = state ~= record.shown
  record.shown = state
  redis.call('HSET', sessions, person, cjson.encode(record))
  if not changed then return end
  local seen = ''
  if state == 'offline' and record.seen then seen = ',"lastSeenAt":' .. string.format('%.0f', record.seen) end
  emit(log, nudge, 'presence:' .. person, '-', 'presence.changed',
    '{"event":"presence.changed","data":{"person":"' .. person .. '","state":"' .. state .. '"' .. seen .. '}}')
end

-- A session ends: it was last seen when it lost its connection.
local function drop(record, session, now)
  record.seen = math.max(record.seen or 0, record.s[session].d or now)
  record.s[session] = nil
end

