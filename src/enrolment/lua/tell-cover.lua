-- For scripts that change a cover (with store/lua/events.lua before it): tell the nodes, and both advisors.
local function tellCover(feeds, log, nudge, cover, json, beforeJson)
  local fact = '{"type":"coverChanged","cover":' .. json .. (beforeJson and ',"before":' .. beforeJson or '') .. '}'
  emit(log, nudge, 'fact', '-', 'enrolment.coverChanged', fact)
  local data = cjson.encode({
    advisor = cover.advisor, cover = cover.cover, from = cover.from, ['until'] = cover['until'],
    ended = cover.endedAt ~= nil,
  })
  feed(feeds, log, nudge, cover.advisor, 'enrolment.coverChanged', data)
  feed(feeds, log, nudge, cover.cover, 'enrolment.coverChanged', data)
end
