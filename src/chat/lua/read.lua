#!lua
-- Move a person's read marker forward, never back and never beyond the newest message.
-- KEYS 1 meta  hash: epoch, last      2 read  hash: person -> offset      3 log  stream, field e: JSON event
-- ARGV 1 person   2 offset   3 beginning of the JSON event, up to the offset   4 log length
-- Returns the marker as it now stands.
local meta, read, log = unpack(KEYS)
local person, wanted, event, logLength = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]

local last = tonumber(redis.call('HGET', meta, 'last') or '0')
local before = tonumber(redis.call('HGET', read, person) or '0')
local marker = math.min(wanted, last)
if marker <= before then return before end
local text = string.format('%.0f', marker)
redis.call('HSET', read, person, text)
redis.call('XADD', log, 'MAXLEN', '~', logLength, '*', 'e', event .. text .. '}')
return marker
