#!lua
-- Take frames out of feeds that are older than any absence that is told frame by frame: a slice of all feeds, pass by pass.
-- With each pass a feed loses what it had at the pass before. Whoever comes back from before that gets a snapshot.
-- KEYS 1 feeds hash: <person> -> last offset, <person>/<offset> -> frame, <person>/aged -> "<gone up to> <mark> <pass>"
--      2 aging hash: pass (ms, when it began), cursor ('0' or none: it is done)
-- ARGV 1 ms between two passes   2 fields to look at, about
-- Returns { 1 while the pass goes on, frames that went }.
local feeds, aging = unpack(KEYS)
local every, count = tonumber(ARGV[1]), ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local pass, cursor = unpack(redis.call('HMGET', aging, 'pass', 'cursor'))
if (cursor or '0') == '0' then
  if pass and now - tonumber(pass) < every then return { 0, 0 } end
  pass, cursor = string.format('%.0f', now), '0'
  redis.call('HSET', aging, 'pass', pass)
end
local next, fields = unpack(redis.call('HSCAN', feeds, cursor, 'COUNT', count))
local removed = 0
for n = 1, #fields, 2 do
  local person, last = fields[n], fields[n + 1]
  if not string.find(person, '/', 1, true) then
    local gone, mark, at = string.match(redis.call('HGET', feeds, person .. '/aged') or '', '^(%d+) (%d+) (%d+)$')
    gone, mark = gone or string.format('%.0f', math.max(0, tonumber(last) - FEED_LENGTH)), mark or last
    -- A scan may find a field twice.
    if at ~= pass then
      for offset = math.max(gone, last - FEED_LENGTH) + 1, at and tonumber(mark) or 0 do
        removed = removed + redis.call('HDEL', feeds, person .. '/' .. string.format('%.0f', offset))
      end
      redis.call('HSET', feeds, person .. '/aged', (at and mark or gone) .. ' ' .. last .. ' ' .. pass)
    end
  end
end
redis.call('HSET', aging, 'cursor', next)
return { next == '0' and 0 or 1, removed }
