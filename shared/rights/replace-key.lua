-- Replaces what is stored of an API key, unless somebody else has changed it since it was read.
-- keys: stored
-- args: id before after
if redis.call('HGET', stored, args.id) ~= ARGV[args.before] then return 0 end
redis.call('HSET', stored, args.id, ARGV[args.after])
return 1
