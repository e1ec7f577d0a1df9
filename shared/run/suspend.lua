-- The worker lets the run wait for a human. When the decision, or a stop, has come already, the run is queued again
-- instead.
-- keys: record once unqueued
-- args: id epoch token from to
-- uses: clock waiting
local current = redis.call('HMGET', record, 'status', 'epoch', 'token')
if not args.from[current[1] or ''] or tonumber(current[2]) ~= args.epoch or (current[3] or '') ~= args.token then return 'lost' end
if mayWait() then
  redis.call('HSET', record, 'status', args.to)
  return args.to
end
wake(clock())
return 'queued'
