-- What a waiting run waits for, and how it goes on again. Needs the keys record, once and unqueued, and the argument
-- id.

-- Whether a question to a human has no answer yet.
local function asks()
  for _, key in ipairs(redis.call('HKEYS', once)) do
    local question = string.match(key, '^approval:(.+)$')
    if question and redis.call('HEXISTS', once, 'decision:' .. question) == 0 then return true end
  end
  return false
end

-- A run may wait while a human is asked and nobody has stopped it.
local function mayWait()
  return redis.call('HEXISTS', record, 'stop') == 0 and asks()
end

-- From here on the run needs a job again. The job gets a new name, because the run's last one may not have ended yet.
local function wake(now)
  local job = args.id .. '~' .. redis.call('HGET', record, 'epoch')
  redis.call('HSET', record, 'status', 'queued', 'job', job)
  redis.call('ZADD', unqueued, now, args.id)
end
