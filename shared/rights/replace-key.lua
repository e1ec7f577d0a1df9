-- Replaces what is stored of an API key, unless somebody else has changed it since it was read. `before` is empty for a
-- key that is new. In the same step the audit log gets its row.
-- keys: stored log
-- args: id before after who row
-- uses: clock audit
if (redis.call('HGET', stored, args.id) or '') ~= ARGV[args.before] then return 0 end
redis.call('HSET', stored, args.id, ARGV[args.after])
audit(log, '', args.who, args.row)
return 1
