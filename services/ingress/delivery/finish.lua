-- Notes that the whole answer stands, for the process that has the turn, unless a message may have been written over in
-- the meantime.
-- keys: delivery undelivered
-- args: id turn keepMs
if tonumber(redis.call('HGET', delivery, 'turn')) ~= args.turn then return 'overtaken' end
if redis.call('HDEL', delivery, 'disturbed') == 1 then return 'disturbed' end
redis.call('HSET', delivery, 'done', '1')
redis.call('PEXPIRE', delivery, args.keepMs)
redis.call('ZREM', undelivered, args.id)
return 'done'
