#!lua
-- An erasure is complete: what stays of it is the receipt, which says by a commitment alone who it was. A repeat changes nothing.
-- KEYS 1 erasures hash id -> JSON    2 salt hash
-- ARGV 1 id   2 commitment   3 who has seen to the copies in files: 'rewritten' or 'operator'   4 ms the salt waits
local erasures, saltKey = unpack(KEYS)
local id, commitment, log, wait = unpack(ARGV)
local time = redis.call('TIME')

local erasure = cjson.decode(redis.call('HGET', erasures, id))
if erasure.completedAt then return end
erasure.completedAt = time[1] * 1000 + math.floor(time[2] / 1000)
erasure.commitment, erasure.log = commitment, log
erasure.person, erasure.role = nil, nil
redis.call('HSET', erasures, id, cjson.encode(erasure))
redis.call('PEXPIRE', saltKey, wait)
