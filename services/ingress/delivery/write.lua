-- Notes what stands of a part of an answer, for who has the turn. Who was overtaken has perhaps just written over a message:
-- that is noted, so that who has the turn writes it again, and told when nobody is left to.
-- keys: delivery
-- args: turn field value keepMs
if tonumber(redis.call('HGET', delivery, 'turn')) == args.turn then
  redis.call('HSET', delivery, args.field, args.value)
  redis.call('PEXPIRE', delivery, args.keepMs)
  return 'written'
end
redis.call('HSET', delivery, 'disturbed', '1')
redis.call('PEXPIRE', delivery, args.keepMs)
return redis.call('HDEL', delivery, 'done') == 1 and 'overtaken-when-done' or 'overtaken'
