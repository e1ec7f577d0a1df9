-- Gives back a run that nobody held before, as if its claim had not been.
-- keys: record journal unqueued
-- args: id epoch token claim wasUnqueued from to
-- uses: clock
local known = redis.call('HMGET', record, 'status', 'epoch', 'token')
if not args.from[known[1]] or tonumber(known[2]) ~= args.epoch or known[3] ~= args.token then return 'lost' end
redis.call('HSET', record, 'status', args.to, 'epoch', args.epoch - 1)
redis.call('HDEL', record, 'token')
redis.call('XDEL', journal, args.claim)
if args.wasUnqueued == 1 then redis.call('ZADD', unqueued, clock(), args.id) end
return 'released'
