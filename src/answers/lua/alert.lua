#!lua
-- Alert people that a jobseeker waits for an answer. Each is told once of each alert, whoever alerts and however often.
-- KEYS 1 alerts hash (keys.ts)   2 due zset channel -> when (ms)   3 feeds hash, 4 log stream, 5 nudge channel (store/lua/events.lua)
-- ARGV 1 channel   2 which alert it is   3 what they are told, JSON   4 due at (ms)   5 … people
-- Returns those who are told by this call.
local alerts, due, feeds, log, nudge = unpack(KEYS)
local channel, mark, data, at = unpack(ARGV)

local before, told = unpack(redis.call('HMGET', alerts, channel .. '/mark', channel .. '/told'))
local known, everybody, news = {}, {}, {}
for person in string.gmatch(told or '', '%S+') do
  known[person], everybody[#everybody + 1] = true, person
end
for n = 5, #ARGV do
  local person = ARGV[n]
  if not known[person] then everybody[#everybody + 1] = person end
  if not known[person] or before ~= mark then news[#news + 1] = person end
end
redis.call('HSET', alerts, channel, data, channel .. '/mark', mark, channel .. '/told', table.concat(everybody, ' '))
redis.call('ZADD', due, at, channel)
for _, person in ipairs(news) do feed(feeds, log, nudge, person, 'chat.answerDue', data) end
return news
