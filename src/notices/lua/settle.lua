#!lua
-- What came of notices of one mail: sent, ended otherwise, or waiting again.
-- KEYS 1–5 outbox (outbox.lua)
-- ARGV 1 token   2 changes, JSON array of Change (notice.ts)   3 retention (ms)
-- Returns how many were changed: not those that somebody else has taken since.
local token, changes, retention = tonumber(ARGV[1]), cjson.decode(ARGV[2]), tonumber(ARGV[3])
local now = clock()

local changed = 0
for _, change in ipairs(changes) do
  local notice = read(change.key)
  if notice and notice.state == 'leased' and notice.token == token then
    changed = changed + 1
    if change.attempt then
      change.attempt.at = now
      notice.attempts = notice.attempts or {}
      table.insert(notice.attempts, change.attempt)
    end
    if change.state ~= 'waiting' then
      finish(notice, change.state, change.why, now, retention)
    elseif notice.withdrawn then
      finish(notice, 'withdrawn', nil, now, retention)
    else
      notice.state, notice.token, notice.changedAt = 'waiting', nil, now
      if not change.same then notice.mail = nil end
      redis.call('HSET', outbox.notices, notice.key, cjson.encode(notice))
      redis.call('ZADD', outbox.due, change.dueAt or now + change.waitMs, notice.key)
    end
  end
end
return changed
