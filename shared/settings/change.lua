-- Changes settings of one owner, or their personas: stores, notes what was there before, and tells the audit log. Each
-- change has `name`, `row`, and `value` unless it takes the setting away. Answers which were set before.
-- keys: stored history owners log
-- args: owner by changes kept ttlMs who
-- uses: clock audit
local before = {}
for index, change in ipairs(args.changes) do
  before[index] = redis.call('HGET', stored, change.name) or ''
  local value = change.value and ARGV[change.value] or ''
  if value ~= before[index] then
    if value == '' then
      redis.call('HDEL', stored, change.name)
    else
      redis.call('HSET', stored, change.name, value)
    end
    if args.kept > 0 then
      redis.call('LPUSH', history, cjson.encode({at = clock(), by = args.by, name = change.name, value = value}))
    end
    audit(log, '', args.who, change.row)
  end
end
redis.call('LTRIM', history, 0, math.max(0, args.kept - 1))
if args.ttlMs > 0 then
  redis.call('PEXPIRE', stored, args.ttlMs)
elseif redis.call('EXISTS', stored, history) > 0 then
  redis.call('SADD', owners, args.owner)
else
  redis.call('SREM', owners, args.owner)
end
return before
