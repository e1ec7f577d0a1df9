-- `addJob(queue, job, priority, now)` adds a job as BullMQ's own scripts do (docs/borrowed.md), so that it is added in the
-- same step as what it is for; a job that is there stays as it is. `queue` is what the names of the queue's keys begin
-- with. `job` has `id`, `name`, `data` and `opts`. `priority` is 0 for a job that waits in the order of coming.
local function addJob(queue, job, priority, now)
  local key = queue .. ':' .. job.id
  if redis.call('EXISTS', key) == 1 then return end
  redis.call('INCR', queue .. ':id')
  local events = queue .. ':events'
  if priority > 0 then job.opts.priority = priority end
  redis.call('HSET', key, 'name', job.name, 'data', job.data, 'opts', cjson.encode(job.opts), 'timestamp', now, 'delay', 0,
    'priority', priority)
  redis.call('XADD', events, '*', 'event', 'added', 'jobId', job.id, 'name', job.name)
  if priority > 0 then
    local count = redis.call('INCR', queue .. ':pc')
    redis.call('ZADD', queue .. ':prioritized', priority * 4294967296 + count % 4294967296, job.id)
  else
    redis.call('LPUSH', queue .. ':wait', job.id)
  end
  local limits = redis.call('HMGET', queue .. ':meta', 'paused', 'concurrency', 'opts.maxLenEvents')
  local full = limits[2] and redis.call('LLEN', queue .. ':active') >= tonumber(limits[2])
  -- What wakes a worker that waits.
  if not limits[1] and not full then redis.call('ZADD', queue .. ':marker', 0, '0') end
  redis.call('XADD', events, 'MAXLEN', '~', limits[3] or 1000, '*', 'event', 'waiting', 'jobId', job.id)
end
