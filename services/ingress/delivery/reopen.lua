-- Lets an answer that could not be shown be shown again where it was asked for, with what was left there.
-- keys: record delivery undelivered
-- args: id
-- uses: clock
local fields = redis.call('HGETALL', delivery)
if #fields == 0 then return 0 end
for at = 1, #fields, 2 do
  local name = string.match(fields[at], '^left:(.*)$')
  if name then
    redis.call('HDEL', delivery, fields[at])
    redis.call('HSET', delivery, 'part:' .. name, fields[at + 1])
  end
end
redis.call('HDEL', delivery, 'moved', 'done')
redis.call('HDEL', record, 'undeliverable')
redis.call('ZADD', undelivered, clock(), args.id)
return 1
