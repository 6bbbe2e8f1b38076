-- For scripts that keep who has left whom (with act.lua before it), so that whoever followed them knows, and sees who asks to come back.
-- former zset <advisor>/<jobseeker>, score 0

-- Whoever left, and has asked for nothing since, for so long (ms) is not kept there any more.
local former_for = 90 * 24 * 60 * 60 * 1000

-- Their newest act of leaving; nil for who has joined since, or never left.
local function last_leaving(acts, id)
  for n = tonumber(redis.call('HGET', acts, id) or 0), 1, -1 do
    local one = cjson.decode(redis.call('HGET', acts, id .. '/' .. n))
    if one.is == 'left' then return one end
    if one.is == 'joined' then return nil end
  end
end

-- Looks at those of the same advisor: as many as have left within that time.
local function leave_behind(former, acts, advisor, id, now)
  -- '0' is the character after '/'.
  for _, member in ipairs(redis.call('ZRANGEBYLEX', former, '[' .. advisor .. '/', '(' .. advisor .. '0')) do
    local last = newest(acts, string.sub(member, #advisor + 2))
    if not last or last.at < now - former_for then redis.call('ZREM', former, member) end
  end
  redis.call('ZADD', former, 0, advisor .. '/' .. id)
end
