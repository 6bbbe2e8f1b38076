#!lua
-- Name somebody who stands in for an advisor, or change from when until when.
-- KEYS 1 people hash id -> JSON    2 covers hash id -> JSON    3 coversOf zset <advisor>/<id>    4 coversBy zset <cover>/<id>
--      5 feeds hash, 6 log stream, 7 nudge channel (store/lua/events.lua)
--      8 turns zset id -> when it begins or ends next (ms)
-- ARGV 1 cover as JSON   2 most covers kept of, and by, one person   3 ms a cover is kept after its end
-- Returns { 'stored' | 'unchanged', cover as JSON }, or one of those that change nothing: { 'other' } (the id is that of
-- a cover of or by somebody else), { 'ended' } (it was taken back), { 'past' }, { 'noAdvisor' }, { 'noCover' } (not an
-- advisor of the region who takes part), { 'tooMany' }.
local people, covers, coversOf, coversBy, feeds, log, nudge, turns = unpack(KEYS)
local json, most, keep = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local cover = cjson.decode(json)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local stored = redis.call('HGET', covers, cover.id)
if stored then
  local before = cjson.decode(stored)
  if before.advisor ~= cover.advisor or before.cover ~= cover.cover then return { 'other' } end
  if before.from == cover.from and before['until'] == cover['until'] then return { 'unchanged', stored } end
  if before.endedAt then return { 'ended' } end
end
if cover['until'] <= now then return { 'past' } end

local advisor = cjson.decode(redis.call('HGET', people, cover.advisor) or '{}')
if advisor.role ~= 'advisor' or advisor.erasure then return { 'noAdvisor' } end
local colleague = cjson.decode(redis.call('HGET', people, cover.cover) or '{}')
if colleague.role ~= 'advisor' or colleague.disabled then return { 'noCover' } end

-- Those of one person in an index: the old ones are dropped, the others counted.
local function count(index, person)
  -- '0' is the character after '/'.
  local members = redis.call('ZRANGEBYLEX', index, '[' .. person .. '/', '(' .. person .. '0')
  local kept = 0
  for _, member in ipairs(members) do
    local id = string.sub(member, #person + 2)
    local one = cjson.decode(redis.call('HGET', covers, id))
    if math.min(one['until'], one.endedAt or one['until']) > now - keep then
      kept = kept + 1
    else
      redis.call('HDEL', covers, id)
      redis.call('ZREM', coversOf, one.advisor .. '/' .. id)
      redis.call('ZREM', coversBy, one.cover .. '/' .. id)
    end
  end
  return kept
end
if not stored and (count(coversOf, cover.advisor) >= most or count(coversBy, cover.cover) >= most) then
  return { 'tooMany' }
end

redis.call('HSET', covers, cover.id, json)
redis.call('ZADD', turns, now, cover.id)
redis.call('ZADD', coversOf, 0, cover.advisor .. '/' .. cover.id)
redis.call('ZADD', coversBy, 0, cover.cover .. '/' .. cover.id)
tellCover(feeds, log, nudge, cover, json, stored)
return { 'stored', json }
