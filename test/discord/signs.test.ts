import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startRig, until, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false }, overrides: { placeholderMs: 500 } });
});

beforeEach(() => rig.controls.clearRequests());

afterAll(() => rig[Symbol.asyncDispose]());

const typed = (channel: string) =>
  rig.controls.requests().filter(({ path, method }) => method === 'POST' && path === `/channels/${channel}/typing`);

function reactions(message: string): string[] {
  return rig.controls.message(message).reactions.map(({ emoji }) => emoji);
}

test('typing shows before the question is even queued, and ends with the first words', async () => {
  const { general } = rig.playground.channels;
  const redis = rig.server.pid() ?? 0;
  process.kill(redis, 'SIGSTOP');
  let asked: { id: string };
  try {
    asked = rig.ask('hello', { author: 'Max' });
    await until('typing is shown', () => typed(general).length === 1);
  } finally {
    process.kill(redis, 'SIGCONT');
  }
  const run = await rig.work(asked.id);
  await run.write('Hello there. ');
  await rig.controls.waitFor(({ replyTo, content }) => replyTo === asked.id && content.includes('Hello'));
  await run.end('Hello there.');
  await until('✅ is shown', () => reactions(asked.id).includes('✅'));
});

test('👀 comes when the question is stored, ✅, ❌ or ⏹️ when it has ended', async () => {
  const good = rig.ask('good', { author: 'Max' });
  await until('👀 is shown', () => reactions(good.id).includes('👀'));
  await (await rig.work(good.id)).end('Good.');
  await until('only ✅ is shown', () => reactions(good.id).join() === '✅');
  const bad = rig.ask('bad', { author: 'Dev' });
  await (await rig.work(bad.id)).end('It failed.', { outcome: 'failed', reason: 'x' });
  await until('only ❌ is shown', () => reactions(bad.id).join() === '❌');
  const ended = rig.ask('enough', { author: 'Olga' });
  await (await rig.work(ended.id)).end('Stopped by Olga.', { outcome: 'stopped', reason: 'stopped' });
  await until('only ⏹️ is shown', () => reactions(ended.id).join() === '⏹️');
});

test('without the permission to react the question is answered all the same', async () => {
  rig.controls.permit('data', 'Dragoman', { deny: ['ADD_REACTIONS'] });
  const asked = rig.ask('hello', { author: 'Dev', channel: 'data' });
  await (await rig.work(asked.id)).end('Answered.');
  await rig.controls.waitFor(({ replyTo, content }) => replyTo === asked.id && content.includes('Answered.'));
  rig.controls.unpermit('data', 'Dragoman');
});

test('a question that waits long says where it stands in the line', async () => {
  const first = rig.ask('first', { author: 'Olga' });
  const run = await rig.work(first.id);
  const second = rig.ask('second', { author: 'Olga' });
  const waiting = await rig.controls.waitFor(({ replyTo }) => replyTo === second.id);
  expect(waiting.content).toContain('Queued: one question of this conversation come');
  const other = rig.ask('other', { author: 'Guest' });
  const queued = await rig.controls.waitFor(({ replyTo }) => replyTo === other.id);
  expect(queued.content).toMatch(/Queued: position \d+/);
  await run.end('One.');
  await (await rig.work(second.id)).end('Two.');
  const final = await rig.controls.waitFor(({ id, content }) => id === waiting.id && content.includes('Two.'));
  expect(final.content).not.toContain('Queued');
});

test('tools are shown while they run, by the channel’s mode', async () => {
  const asked = rig.ask('count', { author: 'Max' });
  const run = await rig.work(asked.id);
  await run.tool('postgres_query', { query: 'SELECT 1' });
  const shown = await rig.controls.waitFor(
    ({ replyTo, content }) => replyTo === asked.id && content.includes('postgres query'),
  );
  expect(shown.content).toBe('-# 🔎 postgres query…');
  await run.toolDone('postgres_query');
  await run.answered('One.', 1);
  await run.end('One.');
  const final = await rig.controls.waitFor(({ id, content }) => id === shown.id && content.includes('One.'));
  expect(final.content).toMatch(/^One\.\n-# 🔎 postgres\\_query · [\d.]+ s · \$0\.01$/);
});
