-- For every script of appointments (with store/lua/events.lua before it): its keys, Redis's clock, and what all of them do
-- with a record. What the keys hold is in keys.ts.
local records, lists, due, feeds, log, nudge = unpack(KEYS)
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function padded(at) return string.format('%015.0f', at) end

-- { appointment, inner, text }, or nil.
local function load(id)
  local text = redis.call('HGET', records, id)
  if not text then return nil end
  local cut = string.find(text, '\n', 1, true)
  return { appointment = cjson.decode(string.sub(text, 1, cut - 1)), inner = cjson.decode(string.sub(text, cut + 1)), text = text }
end

-- Whether somebody has another booked appointment then. Those of one list never overlap, so the last one that begins before
-- the end tells.
local function is_taken(list, who, from, ends, own)
  local begins = list .. '|' .. who .. '|'
  local last = redis.call('ZREVRANGEBYLEX', lists, '(' .. begins .. padded(ends), '[' .. begins, 'LIMIT', 0, 2)
  for _, member in ipairs(last) do
    local busy, id = string.match(member, '|(%d+)|([^|]+)$')
    if id ~= own then return tonumber(busy) > from end
  end
  return false
end

-- Whether any of those who are needed, or the jobseeker, has another one then. hosts: ids of advisors, separated by commas.
local function taken_by(record, hosts)
  local one, inner = record.appointment, record.inner
  for host in string.gmatch(hosts, '[^,]+') do
    if is_taken('a', host, one.from, inner.busyUntil, one.id) then return 'advisor' end
  end
  return is_taken('o', one.jobseeker, one.from, one['until'], one.id) and 'jobseeker' or nil
end

local function places(record)
  local one, inner = record.appointment, record.inner
  local from = '|' .. padded(one.from) .. '|'
  return (one.clash and 'n|' or 'a|') .. one.advisor .. from .. padded(inner.busyUntil) .. '|' .. one.id,
    'o|' .. one.jobseeker .. from .. padded(one['until']) .. '|' .. one.id,
    'j|' .. one.jobseeker .. from .. one.id
end

-- Out of the calendars of both, and in again.
local function leave(record) redis.call('ZREM', lists, places(record)) end
local function enter(record)
  local of_advisor, of_jobseeker, kept = places(record)
  redis.call('ZADD', lists, 0, of_advisor, 0, of_jobseeker, 0, kept)
end

-- A further entry of its history. Somebody looks at it at once.
local function append(record, entry)
  local one, inner = record.appointment, record.inner
  inner.steps = inner.steps + 1
  entry.sequence = entry.sequence or one.sequence
  local text = cjson.encode(one) .. '\n' .. cjson.encode(inner)
  redis.call('HSET', records, one.id, text, one.id .. '/' .. inner.steps, cjson.encode(entry))
  redis.call('ZADD', due, now, one.id)
  return text
end

-- Store a record that has changed, with an entry of its history, and tell everybody concerned. Returns its text.
-- also: ids of others who are told, separated by commas.
local function save(record, entry, also)
  local one = record.appointment
  -- Later than the change before, so that readers can tell the newer of two states.
  one.changedAt = math.max(now, one.changedAt + 1)
  one.changedBy, one.reason = entry.by, entry.reason
  entry.at = one.changedAt
  local text = append(record, entry)
  local json, told = cjson.encode(one), {}
  for person in string.gmatch(one.jobseeker .. ',' .. one.advisor .. ',' .. (record.former or '') .. ',' .. also, '[^,]+') do
    if not told[person] then feed(feeds, log, nudge, person, 'appointment.changed', '{"appointment":' .. json .. '}') end
    told[person] = true
  end
  return text
end

local function changeable(one) return one.state == 'booked' and one['until'] > now end

-- Nothing of it is left.
local function remove(record)
  local one, fields = record.appointment, { record.appointment.id }
  for n = 1, record.inner.steps do fields[n + 1] = one.id .. '/' .. n end
  -- A script may unpack some thousand values only.
  for n = 1, #fields, 1000 do redis.call('HDEL', records, unpack(fields, n, math.min(n + 999, #fields))) end
  leave(record)
  redis.call('ZREM', due, one.id)
end

