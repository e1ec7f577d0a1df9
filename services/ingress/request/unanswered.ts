import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { callerKey, type Caller } from '#shared/run/request.ts';

/** Returns how many questions of the caller are unanswered. */
export function unansweredOf(redis: Redis, caller: Caller): Promise<number> {
  return redis.scard(keys.inflight(callerKey(caller)));
}
