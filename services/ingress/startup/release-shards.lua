-- Gives up the shards that the caller has, so that another one need not wait until their time is over. With the last
-- ones ends what was agreed on.
-- keys: shards agreed
-- args: holder
local entries = redis.call('HGETALL', shards)
for at = 1, #entries, 2 do
  if cjson.decode(entries[at + 1]).holder == args.holder then redis.call('HDEL', shards, entries[at]) end
end
if redis.call('HLEN', shards) == 0 then redis.call('DEL', agreed) end
