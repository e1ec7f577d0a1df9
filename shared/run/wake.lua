-- Queues a waiting run again when nothing keeps it waiting: no question is open, or somebody has stopped it.
-- keys: record once unqueued
-- args: id from
-- uses: clock waiting
local status = redis.call('HGET', record, 'status')
if not args.from[status or ''] or mayWait() then return 0 end
wake(clock())
return 1
