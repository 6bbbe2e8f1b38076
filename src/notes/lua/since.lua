#!lua flags=no-writes
-- Which notes have changed after a change, each as it now stands.
-- KEYS 1 notes hash id -> JSON     2 numbers hash id -> n     3 changes zset id -> number of its newest change
--      4 stand hash epoch, changes
-- ARGV 1 epoch   2 number of the change, or 0; of another epoch all are told   3 most notes to return (at most 1,000)
-- Returns { epoch or '', changes there were, { number of the change, number of the note, its JSON or '' for a removed one } … }.
local notes, numbers, changes, stand = unpack(KEYS)
local epoch, after, most = ARGV[1], ARGV[2], ARGV[3]

local current, count = unpack(redis.call('HMGET', stand, 'epoch', 'changes'))
if current ~= epoch then after = '0' end
local found = redis.call('ZRANGE', changes, '(' .. after, '+inf', 'BYSCORE', 'LIMIT', 0, most, 'WITHSCORES')
local answer = { current or '', tonumber(count or '0') }
for n = 1, #found, 2 do
  local id = found[n]
  answer[#answer + 1] = { tonumber(found[n + 1]), tonumber(redis.call('HGET', numbers, id)),
    redis.call('HGET', notes, id) or '' }
end
return answer
