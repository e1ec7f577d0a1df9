-- Notes what stands of a part of an answer, for who has the turn; `announced`: what is about to be done, else what was done.
-- Who was overtaken has perhaps just written over a message: that is noted, so that who has the turn writes it again, and
-- when the answer stood already, it is to be shown anew.
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
