#!lua
-- Whether the person looks at the device of this session.
-- KEYS 1 sessions hash person -> record     2 log stream, 3 nudge channel (store/lua/events.lua)
-- ARGV 1 person   2 session   3 '1' when they are away
local sessions, log, nudge = unpack(KEYS)
local person, session, away = unpack(ARGV)
local record = read(sessions, person)

local known = record.s[session]
if not known then return end
known.a = away == '1' and 1 or nil
write(sessions, log, nudge, person, record)
