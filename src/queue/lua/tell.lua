-- For every script that changes a callback (with store/lua/events.lua before it): tell both sides what it has become.
local function tell(feeds, log, nudge, callback, offer)
  local json = cjson.encode(callback)
  local data = '{"callback":' .. json .. '}'
  feed(feeds, log, nudge, callback.jobseeker, 'callback.changed', data)
  feed(feeds, log, nudge, callback.advisor, 'callback.changed', data)
  if offer then
    feed(feeds, log, nudge, callback.advisor, 'callback.offered',
      '{"callback":' .. json .. ',"offer":' .. cjson.encode(offer) .. '}')
  end
end

