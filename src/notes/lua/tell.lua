-- For every script that changes a note (with store/lua/events.lua before it): say that it is not what it was.
-- Without its text: a log keeps what was written to it, and a removed note must be gone. Nodes read how the note stands.
local function tell(log, nudge, jobseeker, id)
  emit(log, nudge, 'fact', '-', 'notes.changed', '{"jobseeker":"' .. jobseeker .. '","id":"' .. id .. '"}')
end

