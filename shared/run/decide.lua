-- Records a human's decision, once, and queues the run again when it waited for nothing else. Both happen in one step,
-- so that no decision leaves its run standing.
-- keys: record journal once results approvals unqueued log
-- args: id approval question entry from
-- uses: clock audit entries waiting
local status = redis.call('HGET', record, 'status')
if not status then return {'unknown', 0} end
if status == 'ended' then
  redis.call('ZREM', approvals, args.question)
  return {'ended', 0}
end
if redis.call('HEXISTS', once, 'approval:' .. args.approval) == 0 then return {'unknown', 0} end
local _, fresh = write(args.entry)
redis.call('ZREM', approvals, args.question)
local woken = args.from[status] and not mayWait()
if woken then wake(clock()) end
return {fresh and 'decided' or 'already-decided', woken and 1 or 0}
