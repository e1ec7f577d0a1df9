-- Stores a run: its record, the first entries of its journal, its place in its conversation's line and in the lists, and
-- its jobs.
-- keys: record journal once results line inflight recent recentOfId recentOfName open undelivered talks replayed log runs replies rate apiKeys
-- args: id request entries source who conversation talk keepTalkMs runJob replyJob turns limits key
-- uses: clock audit entries jobs rate
if args.key and redis.call('HGET', apiKeys, args.key.id) ~= ARGV[args.key.text] then return {'key-changed', 0} end
if redis.call('EXISTS', record) == 1 then return {'known', 0} end
local limits = args.limits
if limits then
  local wait = limits.requests and exceeds(rate, limits.requests.most, limits.requests.withinMs) or 0
  if wait > 0 then return {'too-many-requests', wait} end
  local pending = redis.call('SCARD', inflight)
  if pending >= limits.pending then return {'too-many-pending', pending} end
end
local talk = redis.call('HGET', replayed, 'talk') or redis.call('HGET', talks, 'number') or '0'
if args.talk ~= '' and args.talk ~= talk then return {'outdated', 0} end
-- A conversation that goes on stays at its talk.
if redis.call('EXISTS', talks) == 1 then redis.call('PEXPIRE', talks, args.keepTalkMs) end
local now = clock()
local history = talk == '0' and args.conversation or args.conversation .. '~' .. talk
redis.call('HSET', record, 'status', 'queued', 'request', ARGV[args.request], 'epoch', 0, 'acceptedAt', now,
  'source', args.source, 'who', args.who, 'talk', talk, 'history', history, 'job', args.id)
for _, entry in ipairs(args.entries) do write(entry) end
local length = redis.call('RPUSH', line, args.id)
redis.call('SADD', inflight, args.id)
for _, list in ipairs({recent, recentOfId, recentOfName}) do redis.call('ZADD', list, now, args.id) end
redis.call('ZADD', open, now, args.id)
-- Only the head of a line has a job.
if length == 1 then
  local setBack = math.max(0, redis.call('SCARD', inflight) - 1) * args.turns.setBackMs
  addJob(runs, args.runJob, 1 + math.floor((now + setBack) / 1000) % args.turns.most, now)
end
if args.replyJob then
  redis.call('ZADD', undelivered, now, args.id)
  addJob(replies, args.replyJob, 0, now)
end
return {'accepted', length - 1}
