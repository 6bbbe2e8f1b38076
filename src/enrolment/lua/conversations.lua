#!lua flags=no-writes
-- All that is needed to tell whose conversations somebody takes part in, in one answer of one moment.
-- KEYS 1 people hash id -> JSON    2 portfolios zset <advisor>/<jobseeker>
--      3 covers hash id -> JSON    4 coversOf zset <advisor>/<id>    5 coversBy zset <cover>/<id>
-- ARGV 1 person   2 role   3 now (ms)
-- Returns { self as JSON or '', { covers as JSON, none of them over }, { people as JSON } }. For an advisor: the covers
-- by them, those they stand in for, and everybody's portfolio. For a jobseeker: their advisor, the covers of that
-- advisor, and who stands in.
local people, portfolios, covers, coversOf, coversBy = unpack(KEYS)
local id, role, now = ARGV[1], ARGV[2], tonumber(ARGV[3])
local self = redis.call('HGET', people, id)
local foundCovers, wanted, seen = {}, {}, {}

local function want(person)
  if person ~= id and not seen[person] then wanted[#wanted + 1] = person end
  seen[person] = true
end
-- What comes after the slash in the members of one id. '0' is the character after '/'.
local function membersOf(index, of)
  local members = redis.call('ZRANGEBYLEX', index, '[' .. of .. '/', '(' .. of .. '0')
  for n, member in ipairs(members) do members[n] = string.sub(member, #of + 2) end
  return members
end
local function coversIn(index, of)
  local found = {}
  for _, each in ipairs(membersOf(index, of)) do
    local json = redis.call('HGET', covers, each)
    local cover = cjson.decode(json)
    if cover['until'] > now and not cover.endedAt then
      foundCovers[#foundCovers + 1] = json
      found[#found + 1] = cover
    end
  end
  return found
end

if self and role == 'advisor' then
  for _, jobseeker in ipairs(membersOf(portfolios, id)) do want(jobseeker) end
  for _, cover in ipairs(coversIn(coversBy, id)) do
    if not seen[cover.advisor] then
      want(cover.advisor)
      for _, jobseeker in ipairs(membersOf(portfolios, cover.advisor)) do want(jobseeker) end
    end
  end
elseif self and role == 'jobseeker' then
  local advisor = cjson.decode(self).advisor
  if advisor then
    want(advisor)
    for _, cover in ipairs(coversIn(coversOf, advisor)) do want(cover.cover) end
  end
end

-- In parts: the arguments of one call must fit on Lua's stack.
local found = {}
for first = 1, #wanted, 1000 do
  for _, json in ipairs(redis.call('HMGET', people, unpack(wanted, first, math.min(first + 999, #wanted)))) do
    if json then found[#found + 1] = json end
  end
end
return { self or '', foundCovers, found }
