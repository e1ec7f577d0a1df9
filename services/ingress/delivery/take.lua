-- Gives the caller the turn at showing the run; the one before can write nothing any more. Returns all that stands.
-- keys: delivery
-- args: keepMs
redis.call('HINCRBY', delivery, 'turn', 1)
redis.call('PEXPIRE', delivery, args.keepMs)
return redis.call('HGETALL', delivery)
