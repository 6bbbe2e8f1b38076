#!lua
-- What several people do at the same time, each as if alone and in this order. What all of them need to know is asked for at once.
-- KEYS 1–10 queue.lua   11 day hash   12 erased zset of whom nothing is made   13 … requested string, one for each request
-- ARGV 1 states that may become active   2 states that may become done, each separated by commas   3 ms a key is remembered
--      4 requests kept per jobseeker   then of each act: how many arguments it has, its kind, the arguments
-- Returns what each of them returns.
local day, erased = KEYS[11], KEYS[12]
local acts, asked = {}, { [records] = {}, [desks] = {}, [marks] = {}, [figures] = {}, [feeds] = {} }
local requesters, keys = {}, {}

local function ask(hash, field)
  local fields = asked[hash]
  if not fields[field] then
    fields[field], fields[#fields + 1] = true, field
  end
end
local function ask_record(id)
  ask(records, id)
  ask(records, id .. '/b')
end
local function ask_pauses(team)
  ask(figures, 'pause|')
  ask(figures, 'pause|' .. team)
end

local at = 5
while at <= #ARGV do
  local count, kind, from = tonumber(ARGV[at]), ARGV[at + 1], at + 2
  local last = from + count - 1
  acts[#acts + 1] = { kind, from, last }
  if kind == 'request' then
    local id, jobseeker, advisor, topic = unpack(ARGV, from, from + 3)
    requesters[#requesters + 1], keys[#keys + 1] = jobseeker, KEYS[13 + #keys]
    ask_record(id)
    ask(marks, 'open|' .. jobseeker .. '|' .. topic)
    for _, person in ipairs({ jobseeker, advisor }) do
      ask(feeds, person)
      ask(feeds, person .. '/epoch')
    end
  elseif kind == 'offer' then
    ask(desks, ARGV[from])
    ask_pauses(ARGV[from + 2])
  else
    ask_record(ARGV[from])
    if kind == 'complete' then
      ask(desks, ARGV[from + 1])
      ask(figures, 'pace')
      if count > 7 then ask_pauses(ARGV[from + 8]) end
    end
  end
  at = last + 1
end
for hash, wanted in pairs(asked) do fetch(hash, wanted) end
local answered = #keys > 0 and redis.call('MGET', unpack(keys))
local gone = #keys > 0 and redis.call('ZMSCORE', erased, unpack(requesters))

local answers, requests = {}, 0
for n = 1, #acts do
  local kind, from, last = unpack(acts[n])
  if kind == 'request' then
    requests = requests + 1
    answers[n] = request(ARGV, from, keys[requests], answered[requests], gone[requests])
  elseif kind == 'accept' then answers[n] = accept(day, ARGV, from)
  elseif kind == 'complete' then answers[n] = complete(ARGV, from, last)
  else
    local advisor = ARGV[from]
    answers[n] = { offer_first(advisor, desk_of(advisor), ARGV, from + 1, last) or nil }
  end
end
return done(answers)
