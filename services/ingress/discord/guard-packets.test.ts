import { expect, it } from 'vitest';
import { configureLogging } from '#shared/process/log.ts';
import { createClient } from './client.ts';

it('an event that the library cannot handle does not end the process', async () => {
  configureLogging('ingress', 'fatal');
  const client = createClient({
    apiBase: 'http://127.0.0.1:1/api',
    messageContent: true,
    shards: 'auto',
    identifies: () => ({ waitForIdentify: async () => undefined }),
  });
  const manager = client.ws as unknown as { status: number; handlePacket(packet: object, shard: object): boolean };
  manager.status = 0;
  // The state of discord.js' shard when its session was given up while RESUMED was on its way.
  const shard = { id: 0, sessionInfo: null, closeSequence: 0 };
  expect(manager.handlePacket({ t: 'RESUMED', d: {} }, shard)).toBe(false);
  await client.destroy();
});
