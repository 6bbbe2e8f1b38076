#!lua
-- What several people do at the same time, each as if alone and in this order. What all of them need to know is asked for at once.
-- KEYS 1–10 queue.lua   11 day hash   12 erased zset of whom nothing is made   13 … requested string, one for each request
-- ARGV 1 states that may become active   2 states that may become done, each separated by commas   3 ms a key is remembered
--      4 requests kept per jobseeker   then of each act: how many arguments it has, its kind, the arguments
-- Returns what each of them returns.
local day, erased = KEYS[11], KEYS[12]
local asked_records, asked_desks, asked_marks, asked_feeds, asked_figures = {}, {}, {}, {}, { 'pace', 'pause|' }
local acts, requesters, keys, paused = {}, {}, {}, {}

local function ask(asked, one, other)
  local length = #asked
  asked[length + 1], asked[length + 2] = one, other
end
local function ask_pause(team)
  if not paused[team] then ask(asked_figures, 'pause|' .. team) end
  paused[team] = true
end

local at, length, many = 5, #ARGV, 0
while at <= length do
  local count, kind, from = tonumber(ARGV[at]), ARGV[at + 1], at + 2
  local last, first = from + count - 1, ARGV[from]
  many, at = many + 1, last + 1
  acts[many] = { kind, from, last }
  if kind == 'request' then
    local jobseeker, advisor, topic = unpack(ARGV, from + 1, from + 3)
    requesters[#requesters + 1], keys[#keys + 1] = jobseeker, KEYS[13 + #keys]
    -- Of one that there is, the rest is asked for then.
    ask(asked_records, first)
    ask(asked_marks, 'open|' .. jobseeker .. '|' .. topic)
    ask(asked_feeds, jobseeker, jobseeker .. '/epoch')
    ask(asked_feeds, advisor, advisor .. '/epoch')
  elseif kind == 'offer' then
    ask(asked_desks, first)
    ask_pause(ARGV[from + 2])
  else
    ask(asked_records, first, first .. '/b')
    if kind == 'complete' then
      ask(asked_desks, ARGV[from + 1])
      if count > 7 then ask_pause(ARGV[from + 8]) end
    end
  end
end
fetch(records, asked_records)
fetch(desks, asked_desks)
fetch(marks, asked_marks)
fetch(feeds, asked_feeds)
fetch(figures, asked_figures)
local answered = keys[1] and call('MGET', unpack(keys))
local gone = keys[1] and call('ZMSCORE', erased, unpack(requesters))

local answers, requests = {}, 0
for n = 1, many do
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
