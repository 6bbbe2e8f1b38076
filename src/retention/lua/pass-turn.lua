#!lua
-- Say how far a turn has come. Whoever was too slow says nothing any more.
-- KEYS 1 turn hash: cursor, token, until (ms)
-- ARGV 1 token   2 the last person looked at, '' to begin anew
local turn = KEYS[1]
local token, cursor = unpack(ARGV)

if redis.call('HGET', turn, 'token') == token then redis.call('HSET', turn, 'cursor', cursor) end
