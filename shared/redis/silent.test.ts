import { expect, it } from 'vitest';
import { freePort } from '#test/lib/ports.ts';
import { createRedisFront } from '#test/lib/redis-front.ts';
import { startTestRedis } from '#test/lib/redis.ts';
import { connectRedis } from './connect.ts';
import { createSubscriber } from './subscriber.ts';

const patience = { timeout: 50_000, interval: 250 };

it('leaves a connection that has died without a word, be it one that writes or one that only listens', async () => {
  await using server = await startTestRedis();
  await using front = createRedisFront(await freePort(), server.port);
  await front.open();
  const url = `redis://127.0.0.1:${front.port}`;
  const waiting = connectRedis(url, 'waiting');
  const failing = connectRedis(url, 'failing', { failFast: true });
  const direct = connectRedis(server.url, 'direct');
  try {
    await using subscriber = createSubscriber(url);
    const heard: string[] = [];
    await subscriber.listen('told', (message) => heard.push(message));
    await Promise.all([waiting.ping(), failing.ping()]);
    front.swallow();
    const write = waiting.set('written', 'late');
    const refused = await failing.ping().catch(() => 'refused');
    expect(refused).toBe('refused');
    expect(await write).toBe('OK');
    await expect.poll(() => failing.ping().catch(() => 'refused'), patience).toBe('PONG');
    await expect
      .poll(async () => {
        await direct.publish('told', 'again');
        return heard.includes('again');
      }, patience)
      .toBe(true);
  } finally {
    for (const redis of [waiting, failing, direct]) redis.disconnect();
  }
}, 60_000);
