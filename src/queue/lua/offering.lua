-- For the scripts that offer (with queue.lua before it).

-- Lease to an advisor who is free the callback that comes first for them (matching.ts). Its cost grows with the classes of
-- topic and language that wait, and with what this advisor has declined; with the length of the queue only as log n.
-- args, after some others: name, team or '', lease (ms), most in work at once, then pairs of a line and its head start (ms)
-- Returns the record, or nil when there is nothing to offer.
local function offer_first(advisor, desk, args, others)
  local name, team, lease, limit = unpack(args, others + 1, others + 4)
  if desk.state ~= 'ready' then return nil end
  local holds = 0
  for _, what in pairs(desk.work) do
    if what == 'offered' then return nil end
    holds = holds + 1
  end
  if holds >= tonumber(limit) then return nil end
  local of_region, of_team = unpack(redis.call('HMGET', figures, 'pause|', 'pause|' .. team))
  if of_region or of_team then return nil end

  local best
  for n = others + 5, #args, 2 do
    local start = tonumber(args[n + 1])
    each_class(args[n], desk, function(class, found)
      while found do
        local place, id = string.match(found, '|(%d+)|([^|]+)$')
        -- Those behind it in the same line are no better.
        if best and place - start >= best.rank then return end
        if redis.call('HEXISTS', marks, 'declined|' .. id .. '|' .. advisor) == 0 then
          best = { rank = place - start, id = id }
          return
        end
        found = redis.call('ZRANGEBYLEX', lines, '(' .. found, '(' .. class .. '}', 'LIMIT', '0', '1')[1]
      end
    end)
  end
  if not best then return nil end

  local record = load_plain(best.id)
  local callback, inner = record.callback, record.inner
  leave(record)
  inner.token, inner.leaseUntil, inner.leasedTo = inner.token + 1, now + tonumber(lease), advisor
  callback.state, callback.holder = 'offered', { id = advisor, name = name }
  desk.work[callback.id], desk.name = 'offered', name
  keep_desk(advisor, desk)
  redis.call('ZADD', due, inner.leaseUntil, 'l|' .. callback.id)
  local offer = string.format('{"callback":"%s","token":%d,"leaseUntil":%d}', callback.id, inner.token, inner.leaseUntil)
  return save(record, advisor, nil, nil, offer)
end
