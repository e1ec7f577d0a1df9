-- Takes the lock from a job, unless another worker has taken the job since. BullMQ gives a job without a lock, which it
-- has seen before, to another worker the next time it looks for stalled jobs.
-- keys: lock stalled
-- args: token job
if redis.call('GET', lock) ~= args.token then return 0 end
redis.call('DEL', lock)
redis.call('SADD', stalled, args.job)
return 1
