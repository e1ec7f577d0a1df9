-- Replaces only the seal that was read: somebody else may have sealed further meanwhile, and cut up to there.
-- keys: marks
-- args: before next
if (redis.call('HGET', marks, 'seal') or '') ~= args.before then return 0 end
redis.call('HSET', marks, 'seal', args.next)
return 1
