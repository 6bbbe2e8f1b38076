#!lua
-- Put a notice into the outbox. A repeat with the same key changes nothing, whatever has become of the first.
-- KEYS 1–5 outbox (outbox.lua)    6 erased zset of whom nothing is made (store/fence.ts), but their last notice
-- ARGV 1 notice as JSON, without what is added here   2 retention (ms)
-- Returns { 'created' | 'existing', state }, or { 'erased' }.
local notice, retention = cjson.decode(ARGV[1]), tonumber(ARGV[2])
local now = clock()

local earlier = read(notice.key)
if earlier then return { 'existing', earlier.state } end
if not notice.last and redis.call('ZSCORE', KEYS[6], notice.person) then return { 'erased' } end
notice.state, notice.putAt, notice.changedAt = 'waiting', now, now
local due, member = math.max(notice.at, now), notice.person .. '/' .. notice.key
redis.call('HSET', outbox.notices, notice.key, cjson.encode(notice))
redis.call('ZADD', outbox.own, 0, member)
redis.call('ZADD', outbox.open, 0, member)
redis.call('ZADD', outbox.due, due, notice.key)
redis.call('ZADD', outbox.expiring, due + retention, notice.key)
return { 'created', 'waiting' }
