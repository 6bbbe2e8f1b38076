-- For scripts that add to a record (with store/lua/events.lua before it).
-- KEYS 1 record hash   2 entries list   3 contents hash   4 due zset   5 feeds hash, 6 log stream, 7 nudge channel
local record, entries, contents, due, feeds, log, nudge = unpack(KEYS)

-- Adds entries that were chained to the head of this very moment, and tells both parties the new head.
-- given: appointment, newN, newHash, at (of the telling), keepUntil, sealAt, verdictAt, awaitAt (when it is looked
--        who has not come; ms, 0: both stay as they are), evidence (n of the newest that is no verdict, 0: none), count of entries, then for each: act, text, type or '' (kept as
--        last/<type>); then contents: field, JSON …
local function add(given, from)
  local appointment, n, hash, at, keepUntil, sealAt, verdictAt, awaitAt, evidence, count = unpack(given, from, from + 9)
  local next = from + 10
  local first = tonumber(n) - tonumber(count)
  for i = 1, tonumber(count) do
    local act, text, kept = unpack(given, next, next + 2)
    redis.call('RPUSH', entries, text)
    redis.call('HSET', record, 'act/' .. act, string.format('%.0f', first + i))
    if kept ~= '' then redis.call('HSET', record, 'last/' .. kept, text) end
    next = next + 3
  end
  for i = next, #given, 2 do redis.call('HSET', contents, given[i], given[i + 1]) end
  redis.call('HSET', record, 'n', n, 'hash', hash)
  if evidence ~= '0' then redis.call('HSET', record, 'evidence', evidence) end
  for _, name in ipairs({ record, entries, contents }) do redis.call('PEXPIREAT', name, keepUntil) end
  -- An earlier seal that is due stays due.
  redis.call('ZADD', due, 'LT', sealAt, 'seal/' .. appointment)
  if verdictAt ~= '0' then redis.call('ZADD', due, verdictAt, 'verdict/' .. appointment) end
  if awaitAt ~= '0' then redis.call('ZADD', due, awaitAt, 'awaited/' .. appointment) end
  local data = '{"appointment":"' .. appointment .. '","n":' .. n .. ',"hash":"' .. hash .. '","at":' .. at .. '}'
  for _, person in ipairs(redis.call('HMGET', record, 'jobseeker', 'advisor')) do
    if person then feed(feeds, log, nudge, person, 'attendance.head', data) end
  end
end
