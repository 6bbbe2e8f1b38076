#!lua
-- Lease to an advisor who is free the callback that comes first for them (offering.lua).
-- KEYS 1–10 queue.lua
-- ARGV 1 advisor   2 name   3 team or ''   4 lease (ms)   5 most in work at once   6, 7 … line and its head start (ms)
-- Returns the record, or nil when there is nothing to offer.
local advisor = ARGV[1]
return offer_first(advisor, desk_of(advisor), ARGV, 1)
