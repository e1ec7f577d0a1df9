-- Records that somebody wants the run stopped. A waiting run is queued again, because a worker ends it.
-- keys: record journal once results unqueued log
-- args: id by entry from
-- uses: clock audit entries waiting
local current = redis.call('HMGET', record, 'status', 'epoch')
local status, epoch = current[1], current[2]
if not status then return {'unknown', 0} end
if status == 'ended' then return {'already-ended', 0} end
redis.call('HSETNX', record, 'stop', args.by)
write(args.entry)
local woken = args.from[status]
if woken then wake(clock()) end
local begun = status ~= 'queued' or epoch ~= '0'
return {begun and 'stopping' or 'not-begun', woken and 1 or 0}
