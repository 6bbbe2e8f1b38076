#!lua
-- A notice is not to be sent any more, if it was not yet.
-- KEYS 1–5 outbox (outbox.lua)
-- ARGV 1 key   2 retention (ms)
-- Returns 'withdrawn', 'underway' (somebody is sending it: this attempt is the last), 'sent', 'failed' or 'missing'.
local notice = read(ARGV[1])
if not notice then return 'missing' end
if notice.state == 'waiting' then
  finish(notice, 'withdrawn', nil, clock(), tonumber(ARGV[2]))
  return 'withdrawn'
end
if notice.state ~= 'leased' then return notice.state end
notice.withdrawn = true
redis.call('HSET', outbox.notices, notice.key, cjson.encode(notice))
return 'underway'
