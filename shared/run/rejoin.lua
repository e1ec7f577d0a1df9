-- Puts a run that has not ended and stands nowhere in its conversation's line into it again: before the run `pivot`, or
-- at the end.
-- keys: record line
-- args: id pivot
local status = redis.call('HGET', record, 'status')
if not status or status == 'ended' or redis.call('LPOS', line, args.id) then return 0 end
if args.pivot == '' or redis.call('LINSERT', line, 'BEFORE', args.pivot, args.id) < 1 then
  redis.call('RPUSH', line, args.id)
end
return 1
