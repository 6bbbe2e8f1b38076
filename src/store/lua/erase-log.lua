#!lua
-- Replace the entries of a log that are about somebody by one that says nothing, at the same numbers: a slice of the log.
-- The log is made anew, for an entry of a stream cannot be changed, and of one that is deleted the bytes stay in memory, file
-- and copies. The new one takes the place of the former with its last slice; until then entries are added to the former.
-- KEYS 1 log stream, ids 0-1, 0-2 …, field e    2 anew stream, the same    3 rewriter string: whose turn it is
-- ARGV 1 person   2 the entry that says nothing   3 token   4 'look': change nothing   5 id after which to go on, 0-0 to begin
--      6 entries found so far   7 entries of a slice   8 ms for which it is whoever began whose turn it is
-- Returns { id to go on with or '' at the end, entries found so far }, or nil when it is somebody else's turn: begin again.
local log, anew, rewriter = unpack(KEYS)
local person, nothing, token, mode, after, found, slice, lease = unpack(ARGV)
local topic, mention = 'person:' .. person .. ' ', '"' .. person .. '"'
local isCopied, isFirst = mode ~= 'look', after == '0-0'
found = tonumber(found)

if isCopied then
  local holder = redis.call('GET', rewriter)
  if (holder and holder ~= token) or (not holder and not isFirst) then return nil end
  redis.call('SET', rewriter, token, 'PX', lease)
  if isFirst then redis.call('UNLINK', anew) end
end
local entries = redis.call('XRANGE', log, '(' .. after, '+', 'COUNT', slice)
for _, entry in ipairs(entries) do
  local fields = entry[2]
  -- Of several events, the parts of all of them (shared-event.lua).
  local text = #fields == 2 and fields[2] or table.concat(fields, '\n')
  -- An id in JSON stands between quotes; within a text they would be escaped.
  if string.sub(text, 1, #topic) == topic or string.find(text, mention, 1, true) then
    fields = { 'e', nothing }
    found = found + 1
  end
  if isCopied then redis.call('XADD', anew, entry[1], unpack(fields)) end
  after = entry[1]
end
if #entries == tonumber(slice) then
  if isCopied then redis.call('PEXPIRE', anew, 60 * tonumber(lease)) end
  return { after, found }
end
if isCopied then
  redis.call('UNLINK', log)
  redis.call('RENAME', anew, log)
  redis.call('PERSIST', log)
  redis.call('DEL', rewriter)
end
return { '', found }
