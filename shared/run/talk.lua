-- Begins a new talk, unless the message or interaction `since` has already begun the present one. Returns -1 when
-- another talk has begun since `number` was read, otherwise how many earlier runs have not ended.
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
