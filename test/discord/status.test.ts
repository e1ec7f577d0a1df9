import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorker } from '#shared/queue/queues.ts';
import { createSubscriber } from '#shared/redis/subscriber.ts';
import { startRig, until, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false } });
});

afterAll(() => rig[Symbol.asyncDispose]());

async function status(author: string): Promise<string> {
  const outcome = await rig.controls.command({ channel: 'general', author, name: 'status' }).outcome();
  const { message } = outcome.message?.loading ? await once(author) : outcome;
  expect(message?.visibleTo).toBe(rig.playground.people[author as 'Ada']);
  return message?.content ?? '';
}

/** A late answer replaces "is thinking". */
async function once(author: string) {
  const message = await rig.controls.waitFor(
    ({ visibleTo, loading, content }) =>
      visibleTo === rig.playground.people[author as 'Ada'] && !loading && content.includes('**Discord**'),
  );
  return { message };
}

/** A worker that works on no run, because the test does. */
async function idle(): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const subscriber = stack.use(createSubscriber(rig.server.url));
  const handlers = { run: () => new Promise<void>(() => undefined) };
  stack.use(await createWorker('runs', handlers, { redis: rig.redis, subscriber, concurrency: 1, graceMs: 0 }));
  return stack.move();
}

test('it tells of a bot at rest, and that no worker is there', async () => {
  const text = await status('Guest');
  expect(text).toContain('**Discord** connected');
  expect(text).toContain('**Queue** no question waits');
  expect(text).toContain('🔴 **Workers** none is running');
  expect(text).toContain('⚪ **Model** not asked lately');
  expect(text).toContain('None of your questions is unanswered.');
});

test('it lists the person’s own questions with links, and nobody else’s', async () => {
  const working = rig.ask('what is *new*?', { author: 'Max' });
  const run = await rig.work(working.id);
  const later = rig.ask('and later?', { author: 'Max' });
  rig.ask('not yours', { author: 'Dev', channel: 'data' });
  await until('all are accepted', async () => (await rig.requests()).length === 3);
  const link = (channel: string, message: string) =>
    `https://discord.com/channels/${rig.playground.guildId}/${channel}/${message}`;
  const { general } = rig.playground.channels;
  const text = await status('Max');
  expect(text).toContain(`- ${link(general, working.id)} what is \\*new\\*?: ⚙️ being worked on`);
  expect(text).toContain(`- ${link(general, later.id)} and later?: ⏳ Queued: one question of this conversation comes`);
  expect(text).not.toContain('not yours');
  expect(text).toContain('2 questions ahead');
  await run.write('It begins. ');
  const answer = await rig.controls.waitFor(({ replyTo }) => replyTo === working.id);
  expect(await status('Max')).toContain(link(general, answer.id));
  expect(await status('Guest')).toContain('None of your questions is unanswered.');
});

test('it counts workers that live, and the questions that they are at', async () => {
  const first = await idle();
  const second = await idle();
  expect(await status('Guest')).toContain('🟢 **Workers** 2');
  // A job that is never done ends only with its worker.
  await Promise.all([first, second].map((worker) => worker[Symbol.asyncDispose]()));
  await until('they are gone', async () => (await status('Guest')).includes('none is running'));
});

test('it tells that the model fails, and that it answers again', async () => {
  const run = await rig.work(rig.ask('model?', { author: 'Olga' }).id);
  const failure = { type: 'model.failed', step: 0, attempt: 1, reason: 'overloaded', message: 'secret host' } as const;
  await run.append(failure);
  await until('it is told', async () => (await status('Olga')).includes('🔴 **Model** fails since <t:'));
  expect(await status('Olga')).not.toContain('secret');
  await run.answered('It does.');
  await until('it is told', async () => (await status('Olga')).includes('🟢 **Model** answered <t:'));
  await run.end('It does.');
});

test('while Redis is away it says so, and nothing of where it would be', async () => {
  await rig.server.kill();
  const text = await status('Guest');
  expect(text).toContain('🔴 **Queue** not reachable');
  expect(text).not.toContain('127.0.0.1');
  await rig.server.start();
});
