#!lua
-- A room goes to a node, unless another holds it.
-- KEYS 1 until zset room -> end of the lease (ms)   2 holders hash room -> "<node> <url>"
-- ARGV 1 room   2 "<node> <url>" that is to have it, or '' to ask only   3 how long (ms)
--      4 '1' when it asks for itself: only its holder may make a lease longer, who else would knows not whether it lives
-- Returns "<node> <url>" of whoever holds it now, or nil.
local until_, holders = unpack(KEYS)
local room, wanted, lease, own = unpack(ARGV)
local holder = holder_of(until_, holders, room)
if wanted == '' or (holder and (holder ~= wanted or own ~= '1')) then return holder end
redis.call('ZADD', until_, 'GT', now + lease, room)
redis.call('HSET', holders, room, wanted)
return wanted
