-- Keeps a memory, unless its owner has as many as there may be. Answers 'full', 'kept' or 'renewed'.
-- keys: entries
-- args: id entry most ttlMs
local known = redis.call('HEXISTS', entries, args.id) == 1
if not known and redis.call('HLEN', entries) >= args.most then return 'full' end
redis.call('HSET', entries, args.id, ARGV[args.entry])
redis.call('PEXPIRE', entries, args.ttlMs)
return known and 'renewed' or 'kept'
