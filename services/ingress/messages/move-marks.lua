-- Stores up to where channels were dealt with and what they are, and forgets channels that no longer matter.
-- keys: marks kinds
-- args: moved known forgotten since
for channel, mark in pairs(args.moved) do redis.call('HSET', marks, channel, mark) end
for channel, kind in pairs(args.known) do redis.call('HSET', kinds, channel, kind) end
for _, channel in ipairs(args.forgotten) do
  redis.call('HDEL', marks, channel)
  redis.call('HDEL', kinds, channel)
end
if args.since then redis.call('HSET', marks, 'since', args.since) end
