#!lua
-- The record of somebody goes, with every cover that names them. Their id stays fenced (store/fence.ts).
-- KEYS 1 people hash id -> JSON    2 ids zset    3 covers hash id -> JSON    4 coversOf zset <advisor>/<id>
--      5 coversBy zset <cover>/<id>    6 acts hash (act.lua)    7 former zset <advisor>/<jobseeker> (former.lua)
-- ARGV 1 person   2 id of the erasure: somebody of the same id who was enrolled since is somebody else
local people, ids, covers, coversOf, coversBy, acts, former = unpack(KEYS)
local person, erasure = unpack(ARGV)

local stored = redis.call('HGET', people, person)
if not stored or cjson.decode(stored).erasure ~= erasure then return end
for _, index in ipairs({ coversOf, coversBy }) do
  -- '0' is the character after '/'.
  for _, member in ipairs(redis.call('ZRANGEBYLEX', index, '[' .. person .. '/', '(' .. person .. '0')) do
    local id = string.sub(member, #person + 2)
    local cover = cjson.decode(redis.call('HGET', covers, id))
    redis.call('HDEL', covers, id)
    redis.call('ZREM', coversOf, cover.advisor .. '/' .. id)
    redis.call('ZREM', coversBy, cover.cover .. '/' .. id)
  end
end
for n = 1, tonumber(redis.call('HGET', acts, person) or 0) do
  local act = cjson.decode(redis.call('HGET', acts, person .. '/' .. n))
  if act.advisor then redis.call('ZREM', former, act.advisor .. '/' .. person) end
  redis.call('HDEL', acts, person .. '/' .. n)
end
-- Those who left somebody who is erased had them as an advisor: nobody looks for that any more.
local theirs = { former, '[' .. person .. '/', '(' .. person .. '0' }
redis.call('ZREMRANGEBYLEX', unpack(theirs))
redis.call('HDEL', acts, person)
redis.call('ZREM', ids, person)
redis.call('HDEL', people, person)
