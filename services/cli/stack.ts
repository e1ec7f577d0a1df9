import type { Redis } from 'ioredis';
import { errorText, OperatorError } from '#shared/errors.ts';
import { createFollower, type RunFollower } from '#shared/follower.ts';
import { createQueues, type Queues } from '#shared/queues.ts';
import { connectRedis } from '#shared/redis.ts';

/** A terminal's connection to the stack. */
export interface Connection extends AsyncDisposable {
  redis: Redis;
  queues: Queues;
  follower: RunFollower;
}

const patienceMs = 5_000;

/** Connects to the stack's Redis. Throws OperatorError with what to do when it does not answer. */
export async function connectStack(redisUrl: string): Promise<Connection> {
  await using stack = new AsyncDisposableStack();
  const redis = connectRedis(redisUrl, 'cli', { failFast: true });
  stack.defer(() => redis.disconnect());
  await answering(redis, redisUrl);
  const queues = stack.use(createQueues(redis));
  const follower = stack.use(createFollower(redis, redisUrl));
  const owned = stack.move();
  return { redis, queues, follower, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function answering(redis: Redis, url: string): Promise<void> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`no answer within ${patienceMs / 1000} s`)), patienceMs).unref();
  });
  try {
    await Promise.race([redis.ping(), late]);
  } catch (error) {
    throw new OperatorError(
      'redis-away',
      `Redis does not answer at ${withoutPassword(url)} (${errorText(error)}). ` +
        'Start the stack with npm start, or set REDIS_URL to the Redis of a running one.',
      { cause: error },
    );
  }
}

/** A URL for people: where it is, without who may enter. */
export function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return url;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
