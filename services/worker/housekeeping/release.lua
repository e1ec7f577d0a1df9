-- Takes the lock from a job: one without a lock that BullMQ has seen before is given to another worker, at its next look. Not
-- when another worker has taken it since.
-- keys: lock stalled
-- args: token job
if redis.call('GET', lock) ~= args.token then return 0 end
redis.call('DEL', lock)
redis.call('SADD', stalled, args.job)
return 1
