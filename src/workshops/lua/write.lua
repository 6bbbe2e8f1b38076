#!lua
-- Store a workshop, if it still is what the decision was made from (workshop.ts decides), and tell those concerned.
-- KEYS 1 records hash id -> JSON   2 floors hash   3 lists zset   4 acted string   5 erased zset (store/fence.ts)
--      6 due zset id -> when it was changed last (ms)   7 feeds hash, 8 log stream, 9 nudge channel (store/lua/events.lua)
-- ARGV 1 id   2 the JSON it is to be now, or ''   3 the JSON from then on, or ''   4 JSON: { out, into } members of lists
--      5 JSON: people who come into it   6 JSON: { person, event, data } of each who is told   7 fact: JSON
--      8 ms the key is remembered, 0: there is none   9 when it was changed (ms), if anybody is to be written to; or ''
-- Returns 'stored', 'faster' when somebody was, 'repeat' of what was done, or 'erased' for somebody of whom nothing is made.
local records, floors, lists, acted, erased, due, feeds, log, nudge = unpack(KEYS)
local id, before, next, members, people, told, fact, remember, changed = unpack(ARGV)
if remember ~= '0' and redis.call('EXISTS', acted) == 1 then return 'repeat' end
if (redis.call('HGET', records, id) or '') ~= before then return 'faster' end
for _, person in ipairs(cjson.decode(people)) do
  if redis.call('ZSCORE', erased, person) then return 'erased' end
end
if remember ~= '0' then redis.call('SET', acted, id, 'PX', remember) end
if changed ~= '' then redis.call('ZADD', due, changed, id) end
if next == '' then
  redis.call('HDEL', floors, id)
  redis.call('ZREM', due, id)
end
if next == '' then redis.call('HDEL', records, id) else redis.call('HSET', records, id, next) end
local change = cjson.decode(members)
for _, member in ipairs(change.out) do redis.call('ZREM', lists, member) end
for _, member in ipairs(change.into) do redis.call('ZADD', lists, 0, member) end
-- What each is told differs: none of it is common text.
local each = cjson.decode(told)
for _, one in ipairs(each) do one[4] = '' end
if #each > 0 then feed_each(feeds, log, nudge, each, '') end
emit(log, nudge, 'fact', '-', 'workshops.changed', fact)
return 'stored'
