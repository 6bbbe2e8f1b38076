-- For scripts that begin a process: an act whose further steps, elsewhere, are done one by one until each is confirmed.

-- Store a process of this kind and person. One that is under way begins again: its steps look at how things are now.
-- processes hash id -> JSON, # -> last token    due zset id -> when it may be taken    steps array of names
local function begin(processes, due, process, steps, now)
  if #steps == 0 then return end
  process.id = process.kind .. '/' .. process.person
  process.at, process.pending, process.attempts = now, steps, 0
  process.token = redis.call('HINCRBY', processes, '#', 1)
  redis.call('HSET', processes, process.id, cjson.encode(process))
  redis.call('ZADD', due, now, process.id)
end
