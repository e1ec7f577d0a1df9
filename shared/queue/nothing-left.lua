-- Says whether nothing is left in a queue: no job waits, and none is put off. Then the marker that a job leaves when it
-- is taken goes too: it would wake a worker in vain.
-- keys: wait prioritized delayed marker
if redis.call('EXISTS', wait, prioritized, delayed) > 0 then return 0 end
redis.call('ZREM', marker, '0')
return 1
