#!lua
-- Create or change a person, and keep the portfolios right when their advisor changes.
-- KEYS 1 people      hash: id -> JSON                2 ids  zset of ids, score 0
--      3 portfolios  zset of <advisor>/<jobseeker>, score 0: jobseekers who are not disabled
--      4 log         stream, field e: JSON event
-- ARGV 1 person as JSON   2 log length
-- Returns 'stored', 'unchanged', 'noAdvisor' (the one named is not an advisor of the region) or 'followed' (an advisor
-- whom somebody names cannot become something else). The last two change nothing.
local people, ids, portfolios, log = unpack(KEYS)
local json, logLength = unpack(ARGV)
local person = cjson.decode(json)

-- Its place in the portfolios; nil for who is in none.
local function place(of)
  if of.role == 'jobseeker' and of.advisor and not of.disabled then return of.advisor .. '/' .. of.id end
end

local stored = redis.call('HGET', people, person.id)
if stored == json then return 'unchanged' end
if person.advisor then
  local advisor = redis.call('HGET', people, person.advisor)
  if not advisor or cjson.decode(advisor).role ~= 'advisor' then return 'noAdvisor' end
end
local event = '{"type":"personChanged","person":' .. json
if stored then
  local before = cjson.decode(stored)
  if before.role == 'advisor' and person.role ~= 'advisor' then
    -- '0' is the character after '/'.
    local range = { '[' .. person.id .. '/', '(' .. person.id .. '0' }
    if redis.call('ZLEXCOUNT', portfolios, unpack(range)) > 0 then return 'followed' end
  end
  local former = place(before)
  if former then redis.call('ZREM', portfolios, former) end
  event = event .. ',"before":' .. stored
end
redis.call('HSET', people, person.id, json)
redis.call('ZADD', ids, 0, person.id)
local now = place(person)
if now then redis.call('ZADD', portfolios, 0, now) end
redis.call('XADD', log, 'MAXLEN', '~', logLength, '*', 'e', event .. '}')
return 'stored'
