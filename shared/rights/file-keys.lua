-- Stores which keys a file holds, unless another process did so since `before` was read, and tells the audit log what
-- has changed.
-- keys: known log
-- args: before after rows
-- uses: clock audit
if (redis.call('GET', known) or '') ~= ARGV[args.before] then return 0 end
redis.call('SET', known, ARGV[args.after])
for _, each in ipairs(args.rows) do audit(log, '', each.who, each.row) end
return 1
