#!lua
-- Remove what a record holds of a person who is erased: who they were, and the salts and texts that commitments are of. The chain
-- of entries has nothing of them and stays as it is.
-- KEYS 1 record hash   2 contents hash   3 of zset, 4 toConfirm zset of the person
-- ARGV 1 appointment   2 person
-- Returns how many contents went.
local record, contents, of, toConfirm = unpack(KEYS)
local appointment, person = unpack(ARGV)

for _, party in ipairs({ 'jobseeker', 'advisor' }) do
  if redis.call('HGET', record, party) == person then redis.call('HDEL', record, party) end
end
local removed = 0
local stored = redis.call('HGETALL', contents)
for i = 1, #stored, 2 do
  for _, whose in ipairs(cjson.decode(stored[i + 1]).of) do
    if whose == person then removed = removed + redis.call('HDEL', contents, stored[i]) end
  end
end
redis.call('ZREM', of, appointment)
redis.call('ZREM', toConfirm, appointment)
return removed
