#!lua flags=no-writes
-- What an upload with this key was answered with.
-- KEYS 1 records hash id -> JSON   2 byKey hash <person>/<key> -> id
-- ARGV 1 <person>/<key>
-- Returns { id, JSON }, or nil when there was none, or its file is gone.
local records, byKey = unpack(KEYS)

local id = redis.call('HGET', byKey, ARGV[1])
local json = id and redis.call('HGET', records, id)
return json and { id, json } or nil
