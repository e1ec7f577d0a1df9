import { expect, it } from 'vitest';
import { connectRedis } from '#shared/redis/connect.ts';
import { watchCommands } from './monitor.ts';
import { startTestRedis } from './redis.ts';

it('commands are told from the beginning on while Redis is busy', async () => {
  await using server = await startTestRedis();
  const redis = connectRedis(server.url, 'test');
  const end = new AbortController();
  const load = (async () => {
    while (!end.signal.aborted) await Promise.all(Array.from({ length: 50 }, () => redis.ping()));
  })();
  for (let count = 0; count < 50; count += 1) {
    const monitor = await watchCommands(redis);
    const told = await new Promise((resolve) => {
      monitor.once('monitor', (_time, [command]: string[]) => resolve(command));
    });
    expect(told).toBe('ping');
    monitor.disconnect();
  }
  end.abort();
  await load;
  redis.disconnect();
});
