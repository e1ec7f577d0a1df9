import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import { connectRedis } from './connect.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(() => server[Symbol.asyncDispose]());

test('commands of one turn reach Redis together, in order, also after a reconnection', async () => {
  const redis = connectRedis(server.url, 'test');
  try {
    for (let round = 0; round < 2; round += 1) {
      await redis.ping();
      const before = await reads();
      const numbers = await Promise.all(Array.from({ length: 100 }, () => redis.incr(`n:${round}`)));
      expect(numbers).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
      expect((await reads()) - before).toBeLessThan(10);
      redis.disconnect(true);
    }
  } finally {
    redis.disconnect();
  }

  async function reads(): Promise<number> {
    return Number(/total_reads_processed:(\d+)/.exec(await redis.info('stats'))?.[1]);
  }
});
