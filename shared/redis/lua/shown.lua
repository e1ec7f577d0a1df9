-- `note()` notes the state of one part of an answer (`field`, `value`; none where `field` is absent) for the process that
-- has the turn, and returns 'written'. A process that was overtaken may just have written over a message. That is noted,
-- so that the process with the turn writes it again; when the answer stood already, it is to be shown anew. It needs the
-- keys delivery and undelivered, and the arguments id, turn, field, value and keepMs.

local function hasTurn()
  return tonumber(redis.call('HGET', delivery, 'turn')) == args.turn
end

local function note()
  if hasTurn() then
    if args.field then redis.call('HSET', delivery, args.field, args.value) end
    redis.call('PEXPIRE', delivery, args.keepMs)
    return 'written'
  end
  if not args.field then return 'overtaken' end
  redis.call('HSET', delivery, 'disturbed', '1')
  redis.call('PEXPIRE', delivery, args.keepMs)
  if redis.call('HDEL', delivery, 'done') == 0 then return 'overtaken' end
  redis.call('ZADD', undelivered, clock(), args.id)
  return 'overtaken-when-done'
end
