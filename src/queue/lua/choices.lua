#!lua flags=no-writes
-- What waits that an advisor may pick, best first (matching.ts).
-- KEYS 1–10 queue.lua
-- ARGV 1 advisor   2 most to return   3, 4 … line and its head start (ms)
-- Returns records.
local advisor, most = ARGV[1], tonumber(ARGV[2])
local desk = desk_of(advisor)
local found, seen = {}, {}
for n = 3, #ARGV, 2 do
  local start = tonumber(ARGV[n + 1])
  each_class(ARGV[n], desk, function(class)
    for _, one in ipairs(redis.call('ZRANGEBYLEX', lines, '[' .. class .. '|', '(' .. class .. '}', 'LIMIT', 0, most)) do
      local place, id = string.match(one, '|(%d+)|([^|]+)$')
      local rank = place - start
      if not seen[id] then found[#found + 1] = { rank = rank, id = id } end
      -- The first line in which it was seen is the one with the greater head start.
      seen[id] = true
    end
  end)
end
table.sort(found, function(a, b) return a.rank < b.rank or (a.rank == b.rank and a.id < b.id) end)
local answer = {}
for n = 1, math.min(most, #found) do answer[n] = redis.call('HGET', records, found[n].id) end
return answer
