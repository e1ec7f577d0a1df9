-- Takes the run for a worker that has read its journal up to `seen`, the last row. A worker that has read nothing yet
-- gets a run that nobody holds together with its journal, if that is short, and any worker the last `lines` of the talk's
-- history, if they are few: each saves a trip. From here on writers with a smaller epoch, or with another token, are
-- refused. `histories` is what the names of the histories' keys begin with.
-- keys: record journal unqueued histories
-- args: id worker token seen lines short from to
-- uses: clock
local known = redis.call('HMGET', record, 'status', 'history')
local status, history = known[1], known[2] or ''
if not status then return {'gone', 0, '', 0, '', {}, 0} end
if not args.from[status] then return {status, 0, '', 0, '', {}, 0} end
local unseen = {}
local last = redis.call('XREVRANGE', journal, '+', '-', 'COUNT', 1)[1]
if last and last[1] ~= args.seen then
  local isShort = redis.call('XLEN', journal) <= args.short.rows
    and redis.call('HSTRLEN', record, 'request') <= args.short.bytes
  if args.seen ~= '' or status ~= args.short.status or not isShort then return {'behind', 0, '', 0, '', {}, 0} end
  unseen = redis.call('XRANGE', journal, '-', '+')
end
local epoch = redis.call('HINCRBY', record, 'epoch', 1)
redis.call('HSET', record, 'status', args.to, 'token', args.token)
local entry = cjson.encode({type = 'run.claimed', epoch = epoch, worker = args.worker})
local id = redis.call('XADD', journal, '*', 'e', entry)
-- A claim proves that the run had its job.
local wasUnqueued = redis.call('ZREM', unqueued, args.id)
local lines = {}
-- Runs of an older version name no history.
if history ~= '' and args.lines > 0 then
  local kept = histories .. history
  local few = args.lines <= args.short.lines or redis.call('LLEN', kept) <= args.short.lines
  lines = few and redis.call('LRANGE', kept, -args.lines, -1)
end
return {'claimed', epoch, id, clock(), history, unseen, wasUnqueued, lines}
