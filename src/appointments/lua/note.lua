#!lua
-- What became of a mail about an appointment, told from outside: delivered, failed or read. Each is kept once per mail; that it was
-- read, once for each version of the appointment, which is what its reader was shown.
-- KEYS 1–6 appointment.lua
-- ARGV 1 id   2 entry of its history as JSON; without a time, or with a later one: now   3 how many entries are looked through for the same, at most
-- Returns { 'ok', record } or { 'missing' }.
local id, entry, most = ARGV[1], cjson.decode(ARGV[2]), tonumber(ARGV[3])
local record = load(id)
if not record then return { 'missing' } end

local shown = entry.sequence or record.appointment.sequence
local fields = {}
for n = math.max(1, record.inner.steps - most + 1), record.inner.steps do fields[#fields + 1] = id .. '/' .. n end
for _, json in ipairs(redis.call('HMGET', records, unpack(fields))) do
  local known = cjson.decode(json)
  local same = known.is == entry.is and known.mail == entry.mail
  if same and (known.is ~= 'mailRead' or known.sequence == shown) then return { 'ok', record.text } end
end
entry.at = math.min(entry.at or now, now)
return { 'ok', append(record, entry) }
