/**
 * A part of scripts. `resume(record, unqueued, id)` makes a waiting run a queued one that has no job yet, and returns the
 * epoch that its job is named by; 0 when the run is not waiting. `hasOpenQuestion(once)`: nobody has decided one of its
 * approvals.
 */
export const resumeLua = `
  local function resume(record, unqueued, id)
    if redis.call('HGET', record, 'status') ~= 'waiting' then return 0 end
    local time = redis.call('TIME')
    redis.call('HSET', record, 'status', 'queued')
    redis.call('ZADD', unqueued, time[1] * 1000 + math.floor(time[2] / 1000), id)
    return tonumber(redis.call('HGET', record, 'epoch'))
  end
  local function hasOpenQuestion(once)
    for _, key in ipairs(redis.call('HKEYS', once)) do
      local approval = string.match(key, '^approval:(.+)$')
      if approval and redis.call('HEXISTS', once, 'decision:' .. approval) == 0 then return true end
    end
    return false
  end
`;
