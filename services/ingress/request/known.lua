-- Reads all that must be known before a question is accepted, at one moment: whether its message can be part of a run
-- already, how many runs of its caller have not ended and what the caller has spent this month, which talk the
-- conversation is at and what was taken out of it, and the settings of the place.
-- keys: run joined inflight usage talk undone server channel thread person once personas
-- args: spentBy
-- uses: settings
return {
  redis.call('EXISTS', run, joined),
  redis.call('SCARD', inflight),
  redis.call('HGET', usage, args.spentBy) or '0',
  redis.call('HMGET', talk, 'number', 'since'),
  redis.call('SMEMBERS', undone),
  settingsOf({server, channel, thread, person, once}, personas)
}
