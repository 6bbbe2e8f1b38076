#!lua
-- KEYS 1 feeds   2 log   3 nudge      ARGV 1 person   2 name   3 data as JSON
feed(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2], ARGV[3])
