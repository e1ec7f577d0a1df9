-- Appends a live event to a run's stream, which goes by itself when nothing comes any more.
-- keys: live
-- args: event max keepMs
redis.call('XADD', live, 'MAXLEN', '~', args.max, '*', 'e', ARGV[args.event])
redis.call('PEXPIRE', live, args.keepMs)
