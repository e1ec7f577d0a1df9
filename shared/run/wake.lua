-- Queues a waiting run again that nothing keeps waiting: no open question, or somebody has stopped it.
-- keys: record once unqueued
-- args: id from
-- uses: clock waiting
local status = redis.call('HGET', record, 'status')
if not args.from[status or ''] or mayWait() then return 0 end
wake(clock())
return 1
