#!lua
-- A step of a process is done; with the last one the process ends, and the nodes are told. The lease is renewed.
-- KEYS 1 processes hash id -> JSON    2 due zset id -> when it may be taken (ms)    3 log stream   4 nudge channel
-- ARGV 1 id   2 token   3 step   4 lease (ms)
-- Returns 'more', 'ended', or 'gone' when somebody else has taken the process, or it has begun again: nothing changes.
local processes, due, log, nudge = unpack(KEYS)
local id, token, step, lease = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local stored = redis.call('HGET', processes, id)
if not stored then return 'gone' end
local process = cjson.decode(stored)
if process.token ~= token then return 'gone' end
for n = #process.pending, 1, -1 do
  if process.pending[n] == step then table.remove(process.pending, n) end
end
if #process.pending == 0 then
  redis.call('HDEL', processes, id)
  redis.call('ZREM', due, id)
  process.pending = nil
  -- Nothing of whoever was erased begins anew with the news of it.
  if process.erasure then process.id, process.person = process.kind .. '/' .. process.erasure, '' end
  emit(log, nudge, 'fact', '-', 'enrolment.processEnded', cjson.encode({ type = 'processEnded', process = process }))
  return 'ended'
end
redis.call('HSET', processes, id, cjson.encode(process))
redis.call('ZADD', due, now + lease, id)
return 'more'
