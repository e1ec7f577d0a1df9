-- Begins a new talk, unless the message or interaction `since` has begun the one that the conversation is at. -1: another one
-- has begun since `number` was read. Else how many runs of before have not ended.
-- keys: talk conversations line earlier
-- args: since number earlierName keepTalkMs keepAsideMs
local current = redis.call('HMGET', talk, 'number', 'since')
if current[2] == args.since then return redis.call('LLEN', line) end
if tonumber(current[1] or 0) ~= args.number then return -1 end
redis.call('HSET', talk, 'number', args.number + 1, 'since', args.since)
redis.call('PEXPIRE', talk, args.keepTalkMs)
redis.call('PEXPIRE', earlier, args.keepAsideMs, 'LT')
redis.call('ZREM', conversations, args.earlierName)
return redis.call('LLEN', line)
