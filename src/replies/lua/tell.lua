-- For scripts that change a canned reply (with store/lua/events.lua before it): tell whoever has it at hand.
-- json is nil when it was removed.
local function tell(log, nudge, topic, reply, json)
  local data = '{"id":"' .. reply.id .. '","scope":"' .. reply.scope ..
    '","updatedAt":' .. string.format('%.0f', reply.updatedAt) .. (json and ',"reply":' .. json or '') .. '}'
  emit(log, nudge, topic, '-', 'reply.changed', '{"event":"reply.changed","data":' .. data .. '}')
end
