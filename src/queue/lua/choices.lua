#!lua flags=no-writes
-- What waits that an advisor may pick, best first (matching.ts).
-- KEYS 1–10 queue.lua
-- ARGV 1 advisor   2 most to return   3, 4 … line and its head start (ms)
-- Returns records.
local advisor, most = ARGV[1], tonumber(ARGV[2])
local desk = desk_of(advisor)
local found, by_id = {}, {}
for n = 3, #ARGV, 2 do
  local start = tonumber(ARGV[n + 1])
  for _, kind in ipairs(classes_of(ARGV[n])) do
    local class, topic, language = unpack(kind)
    local to = '(' .. string.sub(class, 1, -2) .. '}'
    local first = fits(desk, topic, language) and redis.call('ZRANGEBYLEX', lines, '[' .. class, to, 'LIMIT', 0, most) or {}
    for _, one in ipairs(first) do
      local place, id = string.match(one, '|(%d+)|([^|]+)$')
      local known = by_id[id]
      if not known then
        known = { rank = place - start, id = id }
        found[#found + 1], by_id[id] = known, known
      end
      -- Of several lines the one with the greatest head start counts, as with offers.
      known.rank = math.min(known.rank, place - start)
    end
  end
end
table.sort(found, function(a, b) return a.rank < b.rank or (a.rank == b.rank and a.id < b.id) end)
local answer = {}
for n = 1, math.min(most, #found) do answer[n] = load_plain(found[n].id).text end
return answer
