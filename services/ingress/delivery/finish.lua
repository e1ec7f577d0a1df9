-- Notes that the whole answer stands, with its last part and in the run's journal, for the process that has the turn;
-- but only the part when a message may have been written over in the meantime.
-- keys: record journal once results log delivery undelivered
-- args: id turn field value entries keepMs
-- uses: clock audit entries shown
if redis.call('EXISTS', record) == 0 then return 'gone' end
local state = note()
if state ~= 'written' then return state end
if redis.call('HDEL', delivery, 'disturbed') == 1 then return 'disturbed' end
for _, entry in ipairs(args.entries) do write(entry) end
redis.call('HSET', delivery, 'done', '1')
redis.call('ZREM', undelivered, args.id)
return 'done'
