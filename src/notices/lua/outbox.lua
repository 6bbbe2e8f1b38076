-- For every script of the outbox, whose first five KEYS these are: 1 notices hash key -> JSON, # -> last fencing token
-- 2 own zset <person>/<key>    3 open zset <person>/<key>, those that have not ended
-- 4 due zset key -> when it may be taken (ms), the same ones    5 expiring zset key -> when it goes (ms)
local outbox = { notices = KEYS[1], own = KEYS[2], open = KEYS[3], due = KEYS[4], expiring = KEYS[5] }

local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function read(key)
  local stored = redis.call('HGET', outbox.notices, key)
  return stored and cjson.decode(stored) or nil
end

-- What comes after the slash in the members of one person. '0' is the character after '/'.
local function keysOf(index, person)
  local members = redis.call('ZRANGEBYLEX', index, '[' .. person .. '/', '(' .. person .. '0')
  for n, member in ipairs(members) do members[n] = string.sub(member, #person + 2) end
  return members
end

local function remove(notice)
  local member = notice.person .. '/' .. notice.key
  redis.call('HDEL', outbox.notices, notice.key)
  redis.call('ZREM', outbox.own, member)
  redis.call('ZREM', outbox.open, member)
  redis.call('ZREM', outbox.due, notice.key)
  redis.call('ZREM', outbox.expiring, notice.key)
end

-- It has been sent or never will be: what it said is dropped, and what remains is the proof.
local function finish(notice, state, why, now, retention)
  if notice.last then return remove(notice) end
  notice.state, notice.why, notice.changedAt = state, why, now
  notice.data, notice.token, notice.withdrawn = nil, nil, nil
  redis.call('HSET', outbox.notices, notice.key, cjson.encode(notice))
  redis.call('ZREM', outbox.open, notice.person .. '/' .. notice.key)
  redis.call('ZREM', outbox.due, notice.key)
  redis.call('ZADD', outbox.expiring, now + retention, notice.key)
end

