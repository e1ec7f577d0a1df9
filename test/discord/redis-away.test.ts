import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createQueues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { acceptRun } from '#shared/run/accept.ts';
import { createReconciler } from '#shared/run/reconcile.ts';
import { readRun } from '#shared/run/record.ts';
import { discordRunId } from '#shared/run/request.ts';
import { startRig, until, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false }, durableRedis: true });
});

afterAll(() => rig[Symbol.asyncDispose]());

test('while Redis is away the door says so; afterwards it works again, and what was accepted is answered', async () => {
  const before = rig.ask('before', { author: 'Max' });
  await until('it is accepted', async () => (await readRun(rig.redis, discordRunId(before.id))) ?? false);
  // No worker runs here, so no sweep would add a job that Redis had not taken yet.
  await until('its reply is taken', async () => (await rig.queues.queue('replies').getActiveCount()) > 0);
  await rig.server.kill();
  const refused = rig.ask('during', { author: 'Dev' });
  const told = await rig.controls.waitFor(({ replyTo }) => replyTo === refused.id);
  expect(told.content).toContain('could not take this question');
  const command = rig.controls.command({ channel: 'data', author: 'Dev', name: 'ask', options: { question: 'hm?' } });
  const outcome = await command.outcome();
  expect(outcome.failed).toBe(false);
  await rig.controls.waitFor(
    ({ content, channelId }) => channelId === rig.playground.channels.data && content.includes('not reachable'),
  );
  await rig.server.start();
  // Redis may have gone after it stored the run and before its jobs. A worker's sweep adds those; here the test does
  // it.
  await createReconciler({ redis: rig.redis, queues: rig.queues }, { youngMs: 0, doorMs: 0 }).pass();
  const run = await rig.work(before.id);
  await run.end('Answered after all.');
  // The job that showed the run may have lost its lock with Redis. Then it goes on after lock and stalled check, 15 s.
  await rig.controls.waitFor(({ replyTo, content }) => replyTo === before.id && content.includes('after all'), 60_000);
  const after = rig.ask('after', { author: 'Olga' });
  await (await rig.work(after.id)).end('Works again.');
  await rig.controls.waitFor(({ replyTo, content }) => replyTo === after.id && content.includes('Works again'));
  expect(await readRun(rig.redis, discordRunId(refused.id))).toBeUndefined();
}, 120_000);

test('a refusal is taken back when Redis had stored the question all the same', async () => {
  await rig.server.kill();
  const asked = rig.ask('lost yes', { author: 'Ada', channel: 'data' });
  const told = await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
  expect(told.content).toContain('could not take this question');
  await rig.server.start();
  // This looks as if Redis had stored the run before it went, and only its confirmation had been lost. It uses a
  // connection of its own, which need not wait for its turn to reconnect: the door looks for such a run for 3 s after
  // Redis is back.
  const redis = connectRedis(rig.server.url, 'test');
  onTestFinished(() => redis.disconnect());
  await using queues = createQueues(redis);
  await acceptRun(
    { redis, queues },
    {
      id: discordRunId(asked.id),
      conversation: 'lost yes',
      caller: { kind: 'discord', id: rig.playground.people.Ada },
      text: 'lost yes',
      discord: { channel: rig.playground.channels.data, message: asked.id },
    },
  );
  await until('the refusal is gone', () => !rig.controls.messages('data').some(({ id }) => id === told.id));
  await (await rig.work(asked.id)).end('Stored after all.');
  await rig.controls.waitFor(({ content }) => content.includes('Stored after all'), 60_000);
}, 120_000);
