-- For scripts that put on record what was decided about somebody's taking part.
-- acts hash: <person> -> how many, <person>/<n> -> JSON

-- Add one. Returns its number.
local function note(acts, id, act)
  act.n = redis.call('HINCRBY', acts, id, 1)
  redis.call('HSET', acts, id .. '/' .. act.n, cjson.encode(act))
  return act.n
end

-- The newest one, or nil.
local function newest(acts, id)
  local n = redis.call('HGET', acts, id)
  return n and cjson.decode(redis.call('HGET', acts, id .. '/' .. n)) or nil
end
