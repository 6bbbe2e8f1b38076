#!lua
-- A webcam appointment that lies ahead becomes one in the agency, or one that was turned so becomes one by webcam again. A
-- repeat changes nothing.
-- KEYS 1–6 appointment.lua
-- ARGV 1 id   2 by whom   3 'agency' or 'webcam'   4 why it was turned or is turned back: 'left' or 'asked'
--      5 who else is told, separated by commas
-- Returns { 'ok', record }, { 'missing' } or { 'ended' }.
local id, by, to, why, also = unpack(ARGV)
local record = load(id)
if not record then return { 'missing' } end
local one, inner = record.appointment, record.inner
if one.state ~= 'booked' or one.from <= now then return { 'ended' } end
if one.modality == to or (to == 'webcam' and inner.turned ~= why) then return { 'ok', record.text } end

one.modality, one.sequence = to, one.sequence + 1
one.turned, inner.turned = nil, nil
if to == 'agency' then one.turned, inner.turned = true, why end
return { 'ok', save(record, { is = 'turned', by = by, modality = to, why = why }, also) }
