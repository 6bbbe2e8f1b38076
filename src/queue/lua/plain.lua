-- For the transitions that most callbacks go through and no others: requested, offered, accepted, completed. A record that
-- has seen nothing else is plain: what these change stands at the head of its two texts, in the order below, and behind it,
-- as callbacks.ts wrote it, what they do not (its body and its core). To read and write the heads alone costs less than half
-- of what cjson takes for all of it. Whatever else happens to a record is written by cjson, in any order: then it is plain no
-- more. In Redis, Lua reads every byte of each string that it makes, so long ones are made once.

-- Of a body, from its "id" on; nil when it has a window, which needs decoding.
local function read_body(text, at)
  local id, jobseeker, advisor, on = string.match(text,
    '^"id":"([^"]+)","jobseeker":"([^"]+)","advisor":"([^"]+)",()', at)
  local topic, language = string.match(text, '^"topic":"([^"]+)","language":"([^"]+)","jobseekerName":', on or #text)
  return topic and { id = id, jobseeker = jobseeker, advisor = advisor, topic = topic, language = language }
end

-- Of a core; without the times of its steps, which nobody asks for once it is in line.
local function read_core(text, at)
  local team, bonus, answer = string.match(text, '^"team":"([^"]*)","bonus":(%d+),"answerBy":(%d+),', at)
  return team and { team = team, bonus = tonumber(bonus), answerBy = tonumber(answer), declined = {} }
end

-- The record of a text; nil when that is not plain.
local function read_plain(text)
  local state, changed, step, held = string.match(text, '^{"state":"(%l+)","changedAt":(%d+),"step":"(%l+)"()')
  local asked = state and string.find(text, ',"requestedAt":', held, true)
  if not asked then return nil end
  local requested, ready, body = string.match(text, '^,"requestedAt":(%d+),"readyAt":(%d+),()', asked)
  local callback = body and read_body(text, body)
  if not callback then return nil end
  local cut = string.find(text, '\n', body, true)
  local token, steps, entered, lease, rest = string.match(text,
    '^{"token":(%d+),"steps":(%d+),"entered":(%d+),"leaseUntil":(%d+)()', cut + 1)
  local accepted, looked, holder, core = string.match(text,
    '^,"acceptedAt":(%d+),"looked":(%l+),"leasedTo":"([^"]*)",()', rest or #text)
  local inner = core and read_core(text, core)
  if not inner then return nil end

  callback.state, callback.step, callback.changedAt = state, step, tonumber(changed)
  callback.requestedAt, callback.readyAt = tonumber(requested), tonumber(ready)
  if asked > held then callback.holder = cjson.decode(string.sub(text, held + #',"holder":', asked - 1)) end
  inner.token, inner.steps = tonumber(token), tonumber(steps)
  inner.entered, inner.leaseUntil = tonumber(entered), tonumber(lease)
  inner.acceptedAt, inner.looked, inner.leasedTo = tonumber(accepted), looked == 'true', holder
  return { callback = callback, inner = inner, text = text,
    body = string.sub(text, asked, cut - 1), core = string.sub(text, core) }
end

local function field(name, value) return value and ',"' .. name .. '":' .. cjson.encode(value) or '' end

-- The two texts of a plain record.
local function write_plain(record)
  local callback, inner = record.callback, record.inner
  local step = callback.step and ',"step":"' .. callback.step .. '"' or field('disposition', callback.disposition) ..
    field('followUp', callback.followUp) .. field('attempts', callback.attempts)
  return '{"state":"' .. callback.state .. '","changedAt":' .. string.format('%d', callback.changedAt) .. step ..
    field('holder', callback.holder) .. record.body,
    '{"token":' .. inner.token .. ',"steps":' .. inner.steps .. ',"entered":' .. inner.entered .. ',"leaseUntil":' ..
    string.format('%d,"acceptedAt":%d', inner.leaseUntil, inner.acceptedAt) ..
    (inner.looked and ',"looked":true' or ',"looked":false') .. ',"leasedTo":"' .. inner.leasedTo .. '"' ..
    field('note', inner.note) .. ',' .. record.core
end
