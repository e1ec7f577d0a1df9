import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readJournal } from '#shared/run/journal.ts';
import { keys } from '#shared/redis/keys.ts';
import { registry } from '#shared/process/metrics.ts';
import { readRun } from '#shared/run/record.ts';
import { startRig, until, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({
    playground: { rateLimits: false },
    overrides: { restTimeoutMs: 1_000 },
    // The run's id in the last line shows that an answer is whole.
    environment: { DISCORD_FOOTER: 'verbose' },
  });
});

beforeEach(() => rig.controls.clearFaults());

afterAll(() => rig[Symbol.asyncDispose]());

const sends = 'POST /channels/*/messages';
const edits = 'PATCH /channels/*/messages/*';

function repliesTo(message: string) {
  return rig.controls.messages('general').filter(({ replyTo }) => replyTo === message);
}

/** Answers a question while Discord misbehaves. Returns the reply once it is whole. */
async function answer(text = 'The answer is 42.') {
  const asked = rig.ask('what?', { author: 'Max' });
  const run = await rig.work(asked.id);
  await run.answered(text);
  await run.end(text);
  const shown = await rig.controls.waitFor(
    ({ replyTo, content }) => replyTo === asked.id && content.includes(run.id),
    20_000,
  );
  return { asked: asked.id, run, shown };
}

test.each([
  ['500 after the message was stored', { status: 500, afterStore: true }],
  ['502 before', { status: 502 }],
  ['a connection cut after the message was stored', { cut: true, afterStore: true }],
  ['a connection cut before', { cut: true }],
  ['no answer after the message was stored', { hang: true, afterStore: true }],
])('%s: the answer stands once', async (_, fault) => {
  rig.controls.inject({ route: sends, times: 2, ...fault });
  const { asked } = await answer();
  expect(repliesTo(asked)).toHaveLength(1);
});

test('an entry that cannot be read keeps no other answer from being shown', async () => {
  const asked: { id: string; run: Awaited<ReturnType<Rig['work']>> }[] = [];
  for (let at = 0; at < 6; at += 1) {
    const { id } = rig.ask(`what ${at}?`, { author: 'Max' });
    asked.push({ id, run: await rig.work(id) });
  }
  // One entry has a kind that only a newer version knows, and nobody can read the other.
  const odd = ['{"type":"memory.recalled"}', '{"type":"notice","key":1}'];
  const all = rig.redis.multi();
  for (const [at, { run }] of asked.entries()) {
    if (odd[at] !== undefined) all.xadd(keys.journal(run.id), '*', 'e', odd[at]);
    all.xadd(keys.journal(run.id), '*', 'e', JSON.stringify({ type: 'notice', key: 'k', text: 'Noted.' }));
  }
  await all.exec();
  for (const [at, { run }] of asked.entries()) await run.end(`Answer ${at}.`);
  for (const [at, { id }] of asked.entries()) {
    if (at === 1) continue;
    await rig.controls.waitFor(({ replyTo, content }) => replyTo === id && content.includes(`Answer ${at}.`));
  }
});

test('an edit that fails is made again', async () => {
  const asked = rig.ask('what?', { author: 'Max' });
  const run = await rig.work(asked.id);
  await run.write('First words here. ');
  const shown = await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
  rig.controls.inject({ route: edits, times: 2, status: 503 });
  await run.answered('First words here. And last ones.');
  await run.end('First words here. And last ones.');
  await rig.controls.waitFor(({ id, content }) => id === shown.id && content.includes('And last ones.'));
  expect(repliesTo(asked.id)).toHaveLength(1);
});

test('a body that Discord refuses is sent as plain text, once', async () => {
  rig.controls.inject({ route: sends, status: 400 });
  const { asked, shown } = await answer();
  expect(shown.content).toContain('The answer is 42.');
  expect(repliesTo(asked)).toHaveLength(1);
});

test('a restart in the middle goes on with the same message; what stands is not edited again', async () => {
  const asked = rig.ask('what?', { author: 'Max' });
  const run = await rig.work(asked.id);
  await run.write('Half of it. ');
  const shown = await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
  await rig.stop();
  rig.controls.clearRequests();
  await rig.start();
  await run.answered('Half of it. The other half.');
  await run.end('Half of it. The other half.');
  await rig.controls.waitFor(({ id, content }) => id === shown.id && content.includes('other half'));
  expect(repliesTo(asked.id)).toHaveLength(1);
  const bodies = rig.controls
    .requests()
    .filter(({ method }) => method === 'PATCH')
    .map(({ body }) => JSON.stringify(body));
  expect(new Set(bodies).size).toBe(bodies.length);
});

test('a restart never shows less than what stands', async () => {
  const asked = rig.ask('what?', { author: 'Max' });
  const run = await rig.work(asked.id);
  const words = (count: number) => Array.from({ length: count }, (_, at) => `Word ${at}.`);
  for (const [step, word] of words(40).entries()) await run.answered(word, step);
  await run.write('Half of it. ', 40);
  await rig.controls.waitFor(({ replyTo, content }) => replyTo === asked.id && content.includes('Word 39.'));
  await rig.stop();
  rig.controls.clearRequests();
  await rig.start();
  await run.answered('Half of it. The other half.', 40);
  await run.end('Half of it. The other half.');
  await rig.controls.waitFor(({ replyTo, content }) => replyTo === asked.id && content.includes(run.id));
  const edits = rig.controls.requests().filter(({ method }) => method === 'PATCH');
  for (const { body } of edits) expect(JSON.stringify(body)).toContain('Word 39.');
  expect(edits.length).toBeGreaterThan(0);
});

test('an answer that completes while no ingress runs appears when one is back, in parts that stand once', async () => {
  const asked = rig.ask('what?', { author: 'Max' });
  const run = await rig.work(asked.id);
  await rig.stop();
  const text = Array.from({ length: 60 }, (_, index) => `Paragraph ${index}: ${'word '.repeat(15)}`).join('\n\n');
  await run.answered(text);
  await run.end(text);
  await rig.start();
  await rig.controls.waitFor(({ content }) => content.includes('Paragraph 59'));
  const entries = await until('the delivery is journaled', async () => {
    const done = (await rig.redis.hget(`{dragoman}:run:${run.id}:delivery`, 'done')) === '1';
    return done && (await readJournal(rig.redis, run.id)).filter(({ entry }) => entry.type === 'delivered');
  });
  expect(entries.length).toBeGreaterThan(2);
  const shown = rig.controls.messages('general').filter(({ content }) => content.includes('Paragraph'));
  expect(shown).toHaveLength(entries.length);
});

test('a message that was posted without our learning of it is found when the nonce is too old', async () => {
  const asked = rig.ask('what?', { author: 'Max' });
  const run = await rig.work(asked.id);
  await rig.stop();
  await run.answered('Found again.');
  await run.end('Found again.');
  rig.controls.inject({ route: sends, times: 1_000, status: 500, afterStore: true });
  await rig.start();
  await until('it was posted', () => repliesTo(asked.id).length > 0);
  await rig.stop();
  rig.controls.clearFaults();
  // This makes the first try ten minutes old: Discord no longer knows its nonce.
  rig.controls.advanceClock(600_000);
  const key = `{dragoman}:run:${run.id}:delivery`;
  expect(JSON.parse((await rig.redis.hget(key, 'part:0')) ?? '{}')).not.toHaveProperty('message');
  await rig.redis.hset(key, 'part:0', JSON.stringify({ triedAt: Date.now() - 120_000 }));
  await rig.start();
  await until('the delivery is finished', async () => (await rig.redis.hget(key, 'done')) === '1');
  expect(repliesTo(asked.id)).toHaveLength(1);
});

test('our message is deleted while it is written: the rest does not bring it back', async () => {
  const asked = rig.ask('what?', { author: 'Max' });
  const run = await rig.work(asked.id);
  await run.write('Some words here. ');
  const shown = await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
  rig.controls.deleteMessage(shown.id);
  await run.answered('Some words here. More.');
  await run.end('Some words here. More.');
  const key = `{dragoman}:run:${run.id}:delivery`;
  await until('the delivery is finished', async () => (await rig.redis.hget(key, 'done')) === '1');
  expect(repliesTo(asked.id)).toEqual([]);
});

test('the question is gone before it is answered: the answer comes without a reference', async () => {
  const first = rig.ask('one', { author: 'Guest' });
  const second = rig.controls.say({ channel: 'general', author: 'Guest', content: 'two' });
  const run = await rig.work(first.id);
  expect(run.request.discord?.messages).toEqual([first.id, second.id]);
  rig.controls.deleteMessage(second.id);
  await run.answered('To nobody in particular.');
  await run.end('To nobody in particular.');
  const shown = await rig.controls.waitFor(({ content }) => content.includes('To nobody in particular.'));
  expect(shown.replyTo).toBeUndefined();
});

test('where it cannot write, the person is told by direct message, once', async () => {
  const asked = rig.ask('one', { author: 'Dev', channel: 'data' });
  const run = await rig.work(asked.id);
  rig.controls.permit('data', 'Dragoman', { deny: ['SEND_MESSAGES'] });
  await run.end('Unseen.');
  const told = await rig.controls.waitFor(({ content }) => content.includes('lack the permission'));
  expect(told.channelId).toBe(rig.controls.openDm('Dev'));
  rig.ask('two', { author: 'Dev', channel: 'data' });
  const why = rig.controls.command({ channel: 'data', author: 'Dev', name: 'why' });
  expect((await why.outcome()).message?.content).toContain('`cannot-write`');
  const dms = rig.controls.messages('@Dev').filter(({ content }) => content.includes('lack the permission'));
  expect(dms).toHaveLength(1);
  rig.controls.unpermit('data', 'Dragoman');
});

/** How many messages and edits the ingress of this process has counted with an outcome. */
async function counted(outcome: string): Promise<number> {
  const found = await registry.getSingleMetric('dragoman_discord_deliveries_total')?.get();
  return found?.values.find(({ labels }) => labels['outcome'] === outcome)?.value ?? Number.NaN;
}

test('every outcome of a delivery begins at 0, so that the first failure shows as an increase', async () => {
  const text = await registry.getSingleMetricAsString('dragoman_discord_deliveries_total');
  for (const outcome of ['created', 'edited', 'gone', 'refused', 'forbidden', 'failed']) {
    expect(text).toContain(`outcome="${outcome}"`);
  }
});

test.each([
  ['forbidden', 403],
  ['gone', 404],
  ['refused', 400],
] as const)(
  'an answer that Discord does not take (%s) is counted, and record and journal say why',
  async (failure, status) => {
    const asked = rig.ask('what?', { author: 'Max' });
    const run = await rig.work(asked.id);
    const before = await counted(failure);
    rig.controls.inject({ route: sends, times: 100, status });
    await run.end('Unseen.');
    await until('the answer is given up', async () => (await readRun(rig.redis, run.id))?.undeliverable === failure);
    await until('it is counted', async () => (await counted(failure)) === before + 1);
    const entries = (await readJournal(rig.redis, run.id)).map(({ entry }) => entry);
    expect(entries.filter(({ type }) => type === 'undeliverable')).toEqual([
      { type: 'undeliverable', channel: rig.playground.channels.general, failure, why: expect.any(String) as string },
    ]);
  },
);

test('an answer that Discord does not confirm is counted as failed with each try, and stands in the end', async () => {
  const before = await counted('failed');
  const asked = rig.ask('what?', { author: 'Max' });
  const run = await rig.work(asked.id);
  // The error is neither final nor worth an immediate second try, so the job fails and is tried again.
  rig.controls.inject({ route: sends, times: 100, status: 418 });
  await run.end('Seen later.');
  await until('a try has failed', async () => (await counted('failed')) > before);
  rig.controls.clearFaults();
  await rig.controls.waitFor(({ replyTo, content }) => replyTo === asked.id && content.includes('Seen later.'), 60_000);
  expect((await readRun(rig.redis, run.id))?.undeliverable).toBeUndefined();
});

test('beyond six messages the whole answer comes as a file', async () => {
  const asked = rig.ask('everything', { author: 'Olga' });
  const run = await rig.work(asked.id);
  const text = Array.from({ length: 300 }, (_, index) => `Paragraph ${index}: ${'word '.repeat(15)}`).join('\n\n');
  await run.answered(text);
  await run.end(text);
  const last = await rig.controls.waitFor(({ attachments }) =>
    attachments.some(({ filename }) => filename === 'answer.md'),
  );
  expect(last.content).toContain('whole answer is in the file');
  const file = await fetch(last.attachments[0]?.url ?? '').then((response) => response.text());
  expect(file).toBe(text.trim());
  const shown = rig.controls
    .messages('general')
    .filter(({ id, author }) => author.bot && BigInt(id) > BigInt(asked.id));
  expect(shown).toHaveLength(6);
});
