import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRig, until, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false } });
});

afterAll(() => rig[Symbol.asyncDispose]());

test('a question whose data was deleted from Redis is told as lost, and the next one is answered', async () => {
  const asked = rig.ask('What is it?', { author: 'Max' });
  await rig.work(asked.id);
  await until('its reply is taken', async () => (await rig.queues.queue('replies').getActiveCount()) > 0);
  await rig.redis.flushall();
  const told = await rig.controls.waitFor(
    ({ replyTo, content }) => replyTo === asked.id && content.includes('lost this question'),
    30_000,
  );
  expect(told.content).toContain('my queue has it no longer');
  const next = rig.ask('And now?', { author: 'Max' });
  await (await rig.work(next.id)).end('Here it is.');
  await rig.controls.waitFor(({ replyTo, content }) => replyTo === next.id && content.includes('Here it is'), 30_000);
}, 90_000);
