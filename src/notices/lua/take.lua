#!lua
-- Lease mails that are due: a notice, and with it those of the same person and kind that can go in the same mail.
-- The token of whoever had one before is void from now on.
-- KEYS 1–5 outbox (outbox.lua)
-- ARGV 1 lease (ms)   2 most mails   3 most notices in one mail   4 retention (ms)
-- Returns { now (ms), { mail, token, 1 if it may have gone out already, { notices as JSON } } … }.
local lease, most, together, retention = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local now = clock()

local function isDue(key)
  return tonumber(redis.call('ZSCORE', outbox.due, key)) <= now
end
-- With one that may have gone out already go exactly those it went out with; else whatever is due by now.
local function goesWith(first, other)
  if first.mail then return other.mail == first.mail end
  return other.kind == first.kind and other.state == 'waiting' and not other.mail and isDue(other.key)
end

local seen, answer = {}, { now }
for _, key in ipairs(redis.call('ZRANGEBYSCORE', outbox.due, '-inf', now, 'LIMIT', 0, most)) do
  if not seen[key] then
    local first = read(key)
    local group = { first }
    if first.merges then
      for _, other in ipairs(keysOf(outbox.open, first.person)) do
        local notice = #group < together and other ~= key and not seen[other] and read(other)
        if notice and goesWith(first, notice) then group[#group + 1] = notice end
      end
    end
    local token = redis.call('HINCRBY', outbox.notices, '#', 1)
    -- Of a merged mail the token as well: the same key may be the first of another mail later.
    local mail = first.mail or (first.merges and key .. '/' .. string.format('%.0f', token) or key)
    local repeated, taken = first.mail and 1 or 0, {}
    for _, notice in ipairs(group) do
      seen[notice.key] = true
      if notice.withdrawn then
        finish(notice, 'withdrawn', nil, now, retention)
      else
        notice.state, notice.token, notice.mail = 'leased', token, mail
        local json = cjson.encode(notice)
        redis.call('HSET', outbox.notices, notice.key, json)
        redis.call('ZADD', outbox.due, now + lease, notice.key)
        taken[#taken + 1] = json
      end
    end
    if #taken > 0 then answer[#answer + 1] = { mail, token, repeated, taken } end
  end
end
return answer
