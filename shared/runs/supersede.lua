-- Notes which run answers in this one's place, while this one is kept.
-- keys: record
-- args: by
if redis.call('EXISTS', record) == 1 then redis.call('HSET', record, 'replayedBy', args.by) end
return 1
