#!lua
-- Store the floor of a workshop, if it still is what the decision was made from (floor.ts decides).
-- KEYS 1 records hash id -> JSON   2 floors hash id -> JSON   3 acted string
-- ARGV 1 id   2 the JSON it is to be now, or ''   3 the JSON from then on   4 ms the key is remembered, 0: there is none
-- Returns 'stored', 'faster' when somebody was, 'repeat' of what was done, or 'gone' without a workshop.
local records, floors, acted = unpack(KEYS)
local id, before, next, remember = unpack(ARGV)
if remember ~= '0' and redis.call('EXISTS', acted) == 1 then return 'repeat' end
if redis.call('HEXISTS', records, id) == 0 then return 'gone' end
if (redis.call('HGET', floors, id) or '') ~= before then return 'faster' end
if remember ~= '0' then redis.call('SET', acted, id, 'PX', remember) end
redis.call('HSET', floors, id, next)
return 'stored'
