import type { Redis } from 'ioredis';
import type { Lookup } from '#shared/archive/lookup.ts';
import type { Queues } from '#shared/queue/queues.ts';
import type { PolicySource } from '#shared/rights/policy.ts';
import type { RunFollower } from '#shared/run/follower.ts';
import type { RunStore } from '#shared/run/run-store.ts';
import type { ApiConfig } from './config.ts';
import type { KeyRing } from './http/authenticate.ts';
import type { Limits } from './http/limits.ts';
import type { OpenStreams } from './http/open-streams.ts';
import type { Models } from './models/models.ts';

/** What all routes share. */
export interface Api {
  config: ApiConfig;
  /** Fails fast while Redis is away, so that clients are told. */
  redis: Redis;
  queues: Queues;
  runs: RunStore;
  follower: RunFollower;
  /** Finds runs and audit rows in the archive, too. */
  lookup: Lookup;
  policy: PolicySource;
  ring: KeyRing;
  limits: Limits;
  models: Models;
  streams: OpenStreams;
}
