-- For the transitions that most callbacks go through and no others: requested, offered, accepted, completed. A record that
-- has seen nothing else is plain: its head, a line of words between bars, has what these change and what they ask for; its body,
-- as callbacks.ts wrote it, what they only pass on. To read and write the head alone costs a small part of what cjson takes for
-- all of it. Whatever else happens to a record is written by cjson as a whole: then it is plain no more. In Redis, Lua reads
-- every byte of each string that it makes, so long ones are made once, and patterns walk over short ones only.
--
-- head: state|step|changedAt|token|steps|entered|leaseUntil|acceptedAt|looked|leasedTo| then what stays as it is:
--       requestedAt|readyAt|answerBy|cover|team|region|team|jobseeker|advisor|topic|language| (times of its steps in the middle)
--       and fields of the callback as JSON, each after a comma: of its holder, or of its end; after a line break, the note.
-- body: the rest of the callback as JSON, after a comma (request.lua)

local function holder_of(leased) return ',"holder":{"id":"' .. leased .. '","name":' end
local HOLDER_LENGTH = #holder_of('') + 1

-- The record of a head; nil when that is not plain. Without the times of its steps, which nobody asks for once it is in line.
local function read_plain(id, head, body)
  local state, step, changed, token, steps, entered, lease, accepted, looked, leased, kept = match(head,
    '^(%l+)|(%l*)|(%d+)|(%d+)|(%d+)|(%d)|(%d+)|(%d+)|(%d)|([^|]*)|()')
  if not kept then return nil end
  local requested, ready, answer, times, team, jobseeker, advisor, topic, language, tail = match(head,
    '^(%d+)|(%d+)|(%d+)|(%d+|%d+|%d+)|([^|]*)|([^|]+)|([^|]+)|([^|]+)|([^|]+)|()', kept)
  local record = {
    callback = { id = id, jobseeker = jobseeker, advisor = advisor, topic = topic, language = language, state = state,
      changedAt = tonumber(changed), requestedAt = tonumber(requested), readyAt = tonumber(ready) },
    inner = { token = tonumber(token), steps = tonumber(steps), entered = tonumber(entered), leaseUntil = tonumber(lease),
      acceptedAt = tonumber(accepted), looked = looked == '1', leasedTo = leased, team = team, bonus = 0,
      answerBy = tonumber(answer), declined = {} },
    body = body, text = { head, body }, kept = sub(head, kept, tail - 1), times = times, fields = sub(head, tail) }
  if step ~= '' then record.callback.step = step end
  if state == 'offered' or state == 'active' then
    record.callback.holder = { id = leased, json = sub(record.fields, #leased + HOLDER_LENGTH, -2) }
  end
  return record
end

-- Most of what changes in a run changes at the same moment.
local told_moment, told_digits
local function digits(at)
  if at ~= told_moment then told_moment, told_digits = at, format('%d', at) end
  return told_digits
end

local function field(name, value) return value and ',"' .. name .. '":' .. cjson.encode(value) or '' end

-- The head of a plain record, and the beginning of what is told of it as JSON, to which the body belongs.
local function write_plain(record)
  local callback, inner = record.callback, record.inner
  local state, step, changed, holder = callback.state, callback.step, digits(callback.changedAt), callback.holder
  local fields = holder and holder_of(holder.id) .. holder.json .. '}' or record.ended or ''
  local head = format('%s|%s|%s|%d|%d|%d|%d|%d|%s|%s|', state, step or '', changed, inner.token, inner.steps,
    inner.entered, inner.leaseUntil, inner.acceptedAt, inner.looked and '1' or '0', inner.leasedTo) .. record.kept .. fields
  return inner.note and head .. '\n' .. cjson.encode(inner.note) or head,
    '{"callback":{"state":"' .. state .. '","changedAt":' .. changed .. (step and ',"step":"' .. step .. '"' or '') .. fields
end

-- A plain record as if it had never been: callback and inner, decoded.
local function whole(record)
  local callback, inner = record.callback, record.inner
  local fields, note = match(record.fields, '^([^\n]*)\n?(.*)$')
  local cover, of_team, of_region = match(record.times, '^(%d+)|(%d+)|(%d+)$')
  inner.at = { cover = tonumber(cover), team = tonumber(of_team), region = tonumber(of_region) }
  inner.looked = inner.looked or nil
  if note ~= '' then inner.note = cjson.decode('[' .. note .. ']')[1] end
  local decoded = cjson.decode('{"changedAt":0' .. fields .. record.body)
  for name, value in pairs(decoded) do
    if callback[name] == nil or name == 'holder' then callback[name] = value end
  end
  return { callback = callback, inner = inner, text = record.text, was_plain = true }
end
