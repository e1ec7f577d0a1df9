-- Gives the caller the turn at showing the run; the one before can write nothing any more. Returns the run's record and
-- all that stands; nothing, and gives no turn, where the record is `needed` and gone.
-- keys: record delivery
-- args: needed keepMs
local known = redis.call('HGETALL', record)
if args.needed and #known == 0 then return {known, {}} end
redis.call('HINCRBY', delivery, 'turn', 1)
redis.call('PEXPIRE', delivery, args.keepMs)
return {known, redis.call('HGETALL', delivery)}
