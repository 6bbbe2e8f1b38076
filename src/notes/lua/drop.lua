-- For the scripts that take a note away (after tell.lua): it goes with every text it had. Its number stays.
-- keys: notes, order, versions, changes, stand, log, nudge
local function drop(keys, jobseeker, id)
  redis.call('HDEL', keys.notes, id)
  redis.call('ZREM', keys.order, id)
  for n = 1, tonumber(redis.call('HGET', keys.versions, id) or '0') do
    redis.call('HDEL', keys.versions, id .. '/' .. string.format('%.0f', n))
  end
  redis.call('HDEL', keys.versions, id)
  tell(keys, jobseeker, id)
end
