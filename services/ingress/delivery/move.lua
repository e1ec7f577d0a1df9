-- Notes that the answer goes elsewhere, for the process that has the turn. What stands is left where it is, under
-- another name, so that nothing there counts as shown in the new place.
-- keys: delivery
-- args: turn moved keepMs
if tonumber(redis.call('HGET', delivery, 'turn')) ~= args.turn then return 'overtaken' end
local fields = redis.call('HGETALL', delivery)
for at = 1, #fields, 2 do
  local name = string.match(fields[at], '^part:(.*)$')
  if name then
    redis.call('HDEL', delivery, fields[at])
    if string.find(fields[at + 1], '"message"', 1, true) then
      redis.call('HSET', delivery, 'left:' .. name, fields[at + 1])
    end
  end
end
redis.call('HSET', delivery, 'moved', args.moved)
redis.call('PEXPIRE', delivery, args.keepMs)
return 'moved'
