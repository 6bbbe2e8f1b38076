#!lua flags=no-writes
-- Where a channel and one person's read marker stand, with the newest message, as of one moment.
-- KEYS 1 messages stream, entry id <offset>-0     2 meta hash: epoch, last     3 read hash: person -> offset
-- ARGV 1 person
-- Returns { epoch or '', last offset, marker, entries: none or { id, fields } }.
local messages, meta, read = unpack(KEYS)

local epoch, last = unpack(redis.call('HMGET', meta, 'epoch', 'last'))
local marker = redis.call('HGET', read, ARGV[1])
local newest = redis.call('XREVRANGE', messages, '+', '-', 'COUNT', 1)
return { epoch or '', tonumber(last or '0'), tonumber(marker or '0'), newest }
