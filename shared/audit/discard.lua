-- Records that an operator forgets a run.
-- keys: log
-- args: id who row
-- uses: clock audit
audit(log, args.id, args.who, args.row)
return 1
