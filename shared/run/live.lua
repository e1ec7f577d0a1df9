-- Appends a live event to a run's stream, which expires when no more come.
-- keys: live
-- args: event max keepMs
redis.call('XADD', live, 'MAXLEN', '~', args.max, '*', 'e', ARGV[args.event])
redis.call('PEXPIRE', live, args.keepMs)
