-- Notes the state of one part of an answer, for the process that has the turn; with `announced`, what is about to be
-- done, otherwise what was done. A process that was overtaken may just have written over a message. That is noted, so
-- that the process with the turn writes it again; when the answer stood already, it is to be shown anew.
-- keys: delivery undelivered
-- args: id turn field value keepMs announced
-- uses: clock
if tonumber(redis.call('HGET', delivery, 'turn')) == args.turn then
  redis.call('HSET', delivery, args.field, args.value)
  redis.call('PEXPIRE', delivery, args.keepMs)
  return 'written'
end
if args.announced then return 'overtaken' end
redis.call('HSET', delivery, 'disturbed', '1')
redis.call('PEXPIRE', delivery, args.keepMs)
if redis.call('HDEL', delivery, 'done') == 0 then return 'overtaken' end
redis.call('ZADD', undelivered, clock(), args.id)
return 'overtaken-when-done'
