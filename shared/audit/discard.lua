-- Records that an operator forgets a run.
-- keys: log record
-- args: id row
-- uses: clock audit
audit(log, args.id, redis.call('HGET', record, 'who') or '', args.row)
return 1
