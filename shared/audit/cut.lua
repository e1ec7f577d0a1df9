-- Cuts off the rows before one of them and notes where, in one step. Does nothing when somebody else has cut meanwhile.
-- keys: log marks
-- args: oldest first mark
local now = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
if not now or now[1] ~= args.oldest then return 0 end
redis.call('HSET', marks, 'cut', args.mark)
return redis.call('XTRIM', log, 'MINID', args.first)
