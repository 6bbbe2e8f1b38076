-- For the scripts that offer (with queue.lua before it).

-- What comes first in the lines of these arguments, pairs of a line and its head start (ms), from the n-th to the last.
-- careful: not what this advisor has declined
local function first_for(advisor, desk, args, from, last, careful)
  local best, rank
  if careful then write_set(lines) end
  for n = from, last, 2 do
    local start = tonumber(args[n + 1])
    for _, one in ipairs(classes_of(args[n])) do
      local class, topic, language, found = unpack(one)
      while found and fits(desk, topic, language) do
        local place, id = match(found, '^(%d+)|([^|]+)$', #class + 1)
        -- Those behind it in the same line are no better.
        if rank and place - start >= rank then break end
        if not careful or not get(marks, 'declined|' .. id .. '|' .. advisor) then
          best, rank = id, place - start
          break
        end
        found = call('ZRANGEBYLEX', lines, '(' .. found, '(' .. sub(class, 1, -2) .. '}', 'LIMIT', '0', '1')[1]
      end
    end
  end
  return best and load_plain(best)
end

-- Lease to an advisor who is free the callback that comes first for them (matching.ts). Its cost grows with the classes of
-- topic and language that wait, and with what this advisor has declined; with the length of the queue only as log n.
-- args, from one to the last: name, team or '', lease (ms), most in work at once, then pairs of a line and its head start (ms)
-- Returns the record, or nil when there is nothing to offer. The desk is kept with an offer only.
local function offer_first(advisor, desk, args, from, last)
  local name, team, lease, limit = unpack(args, from, from + 3)
  if desk.state ~= 'ready' then return nil end
  local holds = 0
  for id, since in pairs(desk.work) do
    if is_offered(id, since) then return nil end
    holds = holds + 1
  end
  if holds >= tonumber(limit) then return nil end
  if get(figures, 'pause|') or get(figures, 'pause|' .. team) then return nil end

  local record = first_for(advisor, desk, args, from + 4, last, false)
  -- Nobody has declined what is plain.
  if record and not record.body and record.inner.declined[advisor] then
    record = first_for(advisor, desk, args, from + 4, last, true)
  end
  if not record then return nil end
  local callback, inner = record.callback, record.inner
  leave(record)
  inner.token, inner.leaseUntil, inner.leasedTo = inner.token + 1, now + tonumber(lease), advisor
  callback.state = 'offered'
  hold(record, advisor, name)
  desk.work[callback.id], desk.name = 'offered', name
  keep_desk(advisor, desk)
  place(due, 'l|' .. callback.id, inner.leaseUntil)
  local offer = format('{"callback":"%s","token":%d,"leaseUntil":%d}', callback.id, inner.token, inner.leaseUntil)
  return save(record, advisor, nil, nil, offer)
end
