-- Notes which run answers in this one's place, and since when, while this one is kept.
-- keys: record
-- args: by
-- uses: clock
if redis.call('EXISTS', record) == 1 then redis.call('HSET', record, 'replayedBy', args.by, 'replayedAt', clock()) end
return 1
