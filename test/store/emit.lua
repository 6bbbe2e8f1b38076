#!lua
-- KEYS 1 log   2 nudge      ARGV 1 text
emit(KEYS[1], KEYS[2], 'channel:x', '7', 'chat.messagePublished', ARGV[1])
