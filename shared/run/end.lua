-- Ends a run: writes its last entries, its record and lists and its part of the conversation's history, and lets the
-- next run of its line go.
-- keys: record journal once results line inflight spending open unqueued failed failedOfId failedOfName failedFor live history conversations usage serverUsage unstored log
-- args: id epoch token from to outcome reason entries listed forgotten historyName lines keepLines keepLinesMs counted used inServer keepUsageMs
-- uses: clock audit entries
local current = redis.call('HMGET', record, 'status', 'epoch', 'token')
if not current[1] then return {'gone', ''} end
if current[1] == 'ended' then return {'ended', ''} end
if tonumber(current[2]) ~= args.epoch or (current[3] or '') ~= args.token then return {'fenced', ''} end
if not args.from[current[1]] then return {current[1], ''} end
local now = clock()
redis.call('HSET', record, 'status', args.to, 'outcome', args.outcome, 'reason', args.reason, 'endedAt', now)
-- The last entry is the end itself; before it the audit log is told which calls have no known result.
for index = 1, #args.entries - 1 do write(args.entries[index]) end
-- Looked up in a Lua table and not with one command per call: a run may have thousands of calls.
local known = redis.call('HKEYS', once)
local stands = {}
for _, key in ipairs(known) do stands[key] = true end
for _, key in ipairs(known) do
  local step, call = string.match(key, '^intent:(%d+):(%d+)$')
  local place = step and step .. ':' .. call
  if place and not stands['copied:' .. place] and not stands['result:' .. place] then
    audit(log, args.id, who(), 'outcome {"step":' .. step .. ',"call":' .. call .. ',"outcome":"unknown"}')
  end
end
write(args.entries[#args.entries])
if args.historyName ~= '' and #args.lines > 0 then
  for _, text in ipairs(args.lines) do redis.call('RPUSH', history, ARGV[text]) end
  redis.call('LTRIM', history, -args.keepLines, -1)
  redis.call('PEXPIRE', history, args.keepLinesMs)
  redis.call('ZADD', conversations, now, args.historyName)
end
for _, row in ipairs(args.counted) do
  for unit, amount in pairs(args.used) do redis.call('HINCRBYFLOAT', usage, row .. ' ' .. unit, amount) end
end
redis.call('PEXPIRE', usage, args.keepUsageMs)
if args.inServer then
  for unit, amount in pairs(args.used) do
    redis.call('HINCRBYFLOAT', serverUsage, args.counted[1] .. ' ' .. unit, amount)
  end
  redis.call('PEXPIRE', serverUsage, args.keepUsageMs)
end
redis.call('LREM', line, 1, args.id)
redis.call('SREM', inflight, args.id)
redis.call('HDEL', spending, args.id)
redis.call('ZREM', open, args.id)
redis.call('ZREM', unqueued, args.id)
redis.call('PEXPIRE', live, 60000)
if args.listed then
  for _, list in ipairs({failed, failedOfId, failedOfName, failedFor}) do redis.call('ZADD', list, now, args.id) end
end
if args.forgotten then redis.call('ZADD', unstored, now, args.id) end
local head = redis.call('LINDEX', line, 0)
if head then redis.call('ZADD', unqueued, now, head) end
return {'ended-now', head or ''}
