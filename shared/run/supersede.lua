-- Notes which run answers in this one's place, and since when, if the record still exists.
-- keys: record
-- args: by
-- uses: clock
if redis.call('EXISTS', record) == 1 then redis.call('HSET', record, 'replayedBy', args.by, 'replayedAt', clock()) end
return 1
