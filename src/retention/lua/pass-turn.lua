#!lua
-- Say how far a turn has come. Of two nodes that were at the same place, because one took longer than its turn lasts, the
-- first moves it on: however slow they are, the round goes on.
-- KEYS 1 turn hash: cursor, until (ms)
-- ARGV 1 the cursor as it was taken   2 the last person looked at, '' to begin anew
local turn = KEYS[1]
local from, to = unpack(ARGV)

if (redis.call('HGET', turn, 'cursor') or '') == from then redis.call('HSET', turn, 'cursor', to) end
