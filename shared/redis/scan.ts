import type { Redis } from 'ioredis';

/** Keys that one SCAN looks at. */
const page = 1_000;

/** The names of keys that fit `pattern`. One that is there all the while comes at least once, perhaps twice. */
export async function* keysLike(redis: Redis, pattern: string): AsyncGenerator<string> {
  let cursor = '0';
  do {
    const [next, names] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', page);
    yield* names;
    cursor = next;
  } while (cursor !== '0');
}
