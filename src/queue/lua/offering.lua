-- For the scripts that offer (with queue.lua before it).

-- What comes first in the lines of these arguments, pairs of a line and its head start (ms), from the n-th on.
-- careful: not what this advisor has declined
local function first_for(advisor, desk, args, from, careful)
  local best
  for n = from, #args, 2 do
    local start = tonumber(args[n + 1])
    each_class(args[n], desk, function(class, found)
      while found do
        local place, id = string.match(found, '|(%d+)|([^|]+)$', #class)
        -- Those behind it in the same line are no better.
        if best and place - start >= best.rank then return end
        if not careful or redis.call('HEXISTS', marks, 'declined|' .. id .. '|' .. advisor) == 0 then
          best = { rank = place - start, id = id }
          return
        end
        found = redis.call('ZRANGEBYLEX', lines, '(' .. found, '(' .. class .. '}', 'LIMIT', '0', '1')[1]
      end
    end)
  end
  return best and load_plain(best.id)
end

-- Lease to an advisor who is free the callback that comes first for them (matching.ts). Its cost grows with the classes of
-- topic and language that wait, and with what this advisor has declined; with the length of the queue only as log n.
-- args, after some others: name, team or '', lease (ms), most in work at once, then pairs of a line and its head start (ms)
-- paused: whether the region or the team is; nil: to be asked
-- Returns the record, or nil when there is nothing to offer. The desk is kept with an offer only.
local function offer_first(advisor, desk, args, others, paused)
  local name, team, lease, limit = unpack(args, others + 1, others + 4)
  if desk.state ~= 'ready' then return nil end
  local holds = 0
  for _ in pairs(desk.work) do holds = holds + 1 end
  if holds >= tonumber(limit) then return nil end
  for id, since in pairs(desk.work) do if is_offered(id, since) then return nil end end
  if paused == nil then
    local of_region, of_team = unpack(redis.call('HMGET', figures, 'pause|', 'pause|' .. team))
    paused = of_region or of_team
  end
  if paused then return nil end

  local record = first_for(advisor, desk, args, others + 5, false)
  -- Nobody has declined what is plain.
  if record and not record.body and record.inner.declined[advisor] then
    record = first_for(advisor, desk, args, others + 5, true)
  end
  if not record then return nil end
  local callback, inner = record.callback, record.inner
  leave(record)
  inner.token, inner.leaseUntil, inner.leasedTo = inner.token + 1, now + tonumber(lease), advisor
  callback.state = 'offered'
  hold(record, advisor, name)
  desk.work[callback.id], desk.name = 'offered', name
  keep_desk(advisor, desk)
  redis.call('ZADD', due, inner.leaseUntil, 'l|' .. callback.id)
  local offer = string.format('{"callback":"%s","token":%d,"leaseUntil":%d}', callback.id, inner.token, inner.leaseUntil)
  return save(record, advisor, nil, nil, offer)
end
