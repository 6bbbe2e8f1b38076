#!lua
-- What came of a look at an appointment. It may be recorded twice.
-- KEYS 1–6 appointment.lua
-- ARGV 1 id   2 end of the lease (ms)   3 JSON: told, mails (name -> to whom) put, ended (entries of the history without the
--      time), reminded, waits, at (when to look next, ms)
-- Returns 1, or 0 when it is gone.
local id, lease, look = ARGV[1], tonumber(ARGV[2]), cjson.decode(ARGV[3])
local record = load(id)
if not record then return 0 end
local inner = record.inner
-- Asked before an entry makes it due at once.
local mine = tonumber(redis.call('ZSCORE', due, id)) == lease

inner.told = math.max(inner.told, look.told)
inner.waits, inner.reminded = look.waits, look.reminded or inner.reminded
for mail, to in pairs(look.mails) do inner.mails[mail] = to end
local ended = false
for _, entry in ipairs(look.ended) do
  if inner.mails[entry.mail] then
    inner.mails[entry.mail], entry.at, ended = nil, now, true
    append(record, entry)
  end
end
if ended then return 1 end
redis.call('HSET', records, id, cjson.encode(record.appointment) .. '\n' .. cjson.encode(inner))
if mine and look.at then redis.call('ZADD', due, look.at, id)
elseif mine then redis.call('ZREM', due, id) end
return 1
