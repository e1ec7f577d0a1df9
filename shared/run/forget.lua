-- Forgets a run that has ended and all that is stored of it. With `seen` (the id of its journal's last row) and
-- `fields` (how many its record has) the run goes only when nothing was added since they were read.
-- keys: record journal once results live delivery recent recentOfId recentOfName failed failedOfId failedOfName failedFor undelivered
-- args: id seen fields
if args.seen then
  local last = redis.call('XREVRANGE', journal, '+', '-', 'COUNT', 1)[1]
  if (last and last[1] or '') ~= args.seen or redis.call('HLEN', record) ~= args.fields then return 0 end
end
redis.call('UNLINK', record, journal, once, results, live, delivery)
for _, list in ipairs({recent, recentOfId, recentOfName, failed, failedOfId, failedOfName, failedFor, undelivered}) do
  redis.call('ZREM', list, args.id)
end
return 1
