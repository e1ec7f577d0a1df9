-- Appends entries in order, all or none. `epoch` and `token` are those of the writer's claim; a door writes without
-- them. In the same step, what must be audited goes into the audit log and a question goes into the list of open ones.
-- keys: record journal once results approvals log
-- args: id epoch token entries
-- uses: clock audit entries
local status = redis.call('HMGET', record, 'status', 'epoch', 'token')
if not status[1] then return {'gone'} end
if args.epoch and (tonumber(status[2]) ~= args.epoch or (status[3] or '') ~= args.token) then return {'fenced'} end
local out = {'ok'}
for _, entry in ipairs(args.entries) do
  local id, fresh = write(entry)
  if fresh and entry.question then redis.call('ZADD', approvals, entry.expiresAt, entry.question) end
  out[#out + 1] = (fresh and '+' or '-') .. id
end
return out
