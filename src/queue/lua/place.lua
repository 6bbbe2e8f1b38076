#!lua flags=no-writes
-- Where a callback stands in line, and who is at work in its step.
-- KEYS 1–10 queue.lua
-- ARGV 1 id   2 … those who stand in for its advisor
-- Returns { record, how many are before it or -1, how many are at work, mean time of a call (ms) or '', pause or '' }.
local record = load(ARGV[1])
if not record then return nil end
local callback, inner = record.callback, record.inner
local ahead, staff = -1, 0
if inner.entered > 0 then
  local own = member(record, inner.entered)
  local class = string.match(own, '^[^|]*|[^|]*|[^|]*|')
  ahead = redis.call('ZLEXCOUNT', lines, '[' .. class, '(' .. own)
  if inner.entered == 4 then staff = redis.call('ZLEXCOUNT', lists, '[a|', '(a}')
  elseif inner.entered == 3 then staff = redis.call('ZLEXCOUNT', lists, '[a|' .. inner.team .. '|', '(a|' .. inner.team .. '}')
  else
    local people = { callback.advisor }
    for n = 2, inner.entered == 2 and #ARGV or 1 do people[#people + 1] = ARGV[n] end
    for _, advisor in ipairs(people) do
      local stored = redis.call('HGET', desks, advisor)
      local state = stored and cjson.decode(stored).state
      if state == 'ready' or state == 'wrap-up' then staff = staff + 1 end
    end
  end
end
local pause = redis.call('HGET', figures, 'pause|') or redis.call('HGET', figures, 'pause|' .. inner.team)
return { record.text, ahead, staff, redis.call('HGET', figures, 'pace') or '', pause or '' }
