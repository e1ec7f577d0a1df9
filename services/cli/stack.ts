import type { Redis } from 'ioredis';
import { openArchive } from '#shared/archive/database.ts';
import { createLookup, type Lookup } from '#shared/archive/lookup.ts';
import { errorText, OperatorError } from '#shared/ground/errors.ts';
import { within } from '#shared/ground/deadline.ts';
import { createFollower, type RunFollower } from '#shared/run/follower.ts';
import { createQueues, type Queues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { withoutPassword } from '#shared/redis/url.ts';
import { createReplication, type RedisConfig } from '#shared/redis/replication.ts';
import { createRunStore, type RunStore } from '#shared/run/run-store.ts';
import type { CliConfig } from './config.ts';

/** A terminal's connection to the stack. */
export interface Connection extends AsyncDisposable {
  redis: Redis;
  queues: Queues;
  runs: RunStore;
  /** Finds runs and audit rows in the archive, too. */
  lookup: Lookup;
  follower: RunFollower;
}

const patienceMs = 5_000;

/** Where the stack keeps its data. */
type Where = RedisConfig & Partial<Pick<CliConfig, 'ARCHIVE_URL'>>;

/** Connects to the stack's Redis. When Redis does not answer, throws OperatorError that says what to do. */
export async function connectStack(config: Where): Promise<Connection> {
  const { REDIS_URL: redisUrl, ARCHIVE_URL } = config;
  await using stack = new AsyncDisposableStack();
  const redis = connectRedis(redisUrl, 'cli', { failFast: true });
  stack.defer(() => redis.disconnect());
  await answering(redis, redisUrl);
  const queues = stack.use(createQueues(redis));
  const follower = stack.use(createFollower(redis, redisUrl));
  const archive = ARCHIVE_URL === undefined ? undefined : stack.use(openArchive(ARCHIVE_URL));
  const replication = createReplication(redis, config);
  if (replication) stack.use(replication);
  const owned = stack.move();
  return {
    redis,
    queues,
    runs: createRunStore({ redis, queues }, replication?.confirm),
    lookup: createLookup({ redis, archive }),
    follower,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function answering(redis: Redis, url: string): Promise<void> {
  // The connection's own error says more than the error of the command that waited for it.
  let lost: Error | undefined;
  redis.on('error', (error: Error) => (lost = error));
  try {
    if (!(await within(redis.ping(), patienceMs))) throw new Error(`no answer within ${patienceMs / 1000} s`);
  } catch (error) {
    throw new OperatorError(
      'redis-away',
      `Redis does not answer at ${withoutPassword(url)} (${errorText(lost ?? error)}). ` +
        'Start the stack with npm start, or set REDIS_URL to the Redis of a running one.',
      { cause: error },
    );
  }
}
