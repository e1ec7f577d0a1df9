-- Replaces what is stored of a schedule, unless somebody else has changed it since it was read. `before` is empty for one
-- that is new, `after` for one that is to be forgotten. A new one is refused when there are too many already. In the same
-- step it is due at another time, and the audit log gets its row.
-- keys: stored due ofMaker inPlace log
-- args: id before after dueAt who row maxOfMaker maxInPlace
-- uses: clock audit
local before, after = ARGV[args.before], ARGV[args.after]
if (redis.call('HGET', stored, args.id) or '') ~= before then return 'changed' end
if before == '' then
  if redis.call('SCARD', ofMaker) >= args.maxOfMaker then return 'too-many-of-maker' end
  if redis.call('SCARD', inPlace) >= args.maxInPlace then return 'too-many-in-place' end
end
if after == '' then
  redis.call('HDEL', stored, args.id)
  redis.call('SREM', ofMaker, args.id)
  redis.call('SREM', inPlace, args.id)
else
  redis.call('HSET', stored, args.id, after)
  redis.call('SADD', ofMaker, args.id)
  redis.call('SADD', inPlace, args.id)
end
if args.dueAt then redis.call('ZADD', due, args.dueAt, args.id) else redis.call('ZREM', due, args.id) end
if args.row then audit(log, '', args.who, args.row) end
return 'stored'
