#!lua flags=no-writes
-- What is open with an advisor, and what they hold: at one moment, for what is offered goes from one list to the other.
-- KEYS 1 lists zset   2 desks hash
-- ARGV 1 advisor   2 most to return of each list
-- Returns { members of the list of what waits and of that of what does not, desk or nil }.
local advisor, most = ARGV[1], ARGV[2]
local members = {}
for _, list in ipairs({ 'd', 'q' }) do
  local from = '[' .. list .. '|' .. advisor .. '|'
  local to = '(' .. list .. '|' .. advisor .. '}'
  for _, member in ipairs(redis.call('ZRANGEBYLEX', KEYS[1], from, to, 'LIMIT', '0', most)) do
    members[#members + 1] = member
  end
end
return { members, redis.call('HGET', KEYS[2], advisor) or nil }
