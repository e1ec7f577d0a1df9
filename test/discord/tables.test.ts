import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readJournal } from '#shared/run/journal.ts';
import { replayRun } from '#shared/run/replay.ts';
import { playWorker } from './played-worker.ts';
import { startRig, until, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({
    playground: { rateLimits: false },
    prepare: ({ channels }) => ({ DISCORD_CHANNEL_DISPLAY: `${channels.ops}=embeds` }),
  });
});

beforeEach(() => {
  rig.controls.clearFaults();
  rig.controls.clearRequests();
});

afterAll(() => rig[Symbol.asyncDispose]());

const small = '| name | rows |\n| --- | ---: |\n| **orders** | 12,000 |\n| customers | 800 |';
const smallBlock = '```\nname         rows\n─────────  ──────\norders     12,000\ncustomers     800\n```';
const large = [
  '| order | day |',
  '| --- | --- |',
  ...Array.from({ length: 150 }, (_, at) => `| order ${at} | 2026-01-02 |`),
].join('\n');
const note = '-# 150 rows, 25 shown; all in table.csv';

async function asked(options: { channel?: string; author?: string } = {}) {
  const { id } = rig.ask('show the table', options);
  return { id, run: await rig.work(id) };
}

/** Answers the run with this text and waits until all of it stands. Returns its messages, oldest first. */
async function answered(text: string, options: { channel?: string; author?: string } = {}) {
  const { id, run } = await asked(options);
  await run.answered(text);
  await run.end(text);
  return { asked: id, run, shown: await standing(run.id, id, options.channel) };
}

async function standing(run: string, question: string, channel = 'general') {
  const key = `{dragoman}:run:${run}:delivery`;
  await until('the delivery is finished', async () => (await rig.redis.hget(key, 'done')) === '1');
  return rig.controls.messages(channel).filter(({ id, author }) => author.bot && BigInt(id) > BigInt(question));
}

async function fileOf(attachment: { url: string } | undefined): Promise<string> {
  return fetch(attachment?.url ?? '').then((response) => response.text());
}

test('a table is shown as an aligned block; the journal keeps what the model wrote', async () => {
  const { run, shown } = await answered(`These are they:\n\n${small}\n\nThat is all.`);
  expect(shown).toHaveLength(1);
  expect(shown[0]?.content).toContain(`These are they:\n\n${smallBlock}\n\nThat is all.\n-# `);
  expect(shown[0]?.attachments).toEqual([]);
  const entries = (await readJournal(rig.redis, run.id)).map(({ entry }) => entry);
  const texts = entries.flatMap((entry) => (entry.type === 'model.answered' ? [entry.text] : []));
  expect(texts.join('')).toContain(small);
});

test('of 150 rows 25 are shown, and all are in a file', async () => {
  const { shown } = await answered(`${large}\n\nThe end.`);
  expect(shown).toHaveLength(1);
  const [message] = shown;
  expect(message?.content).toContain(`order 24  2026-01-02\n\`\`\`\n${note}\n\nThe end.`);
  expect(message?.content).not.toContain('order 25');
  expect(message?.attachments.map(({ filename }) => filename)).toEqual(['table.csv']);
  const lines = (await fileOf(message?.attachments[0])).split('\r\n');
  expect([lines[0], lines[1], lines[150], lines.length]).toEqual([
    'order,day',
    'order 0,2026-01-02',
    'order 149,2026-01-02',
    152,
  ]);
});

test('an answer over several messages has the file at its last one, and the table whole in one', async () => {
  const prose = Array.from({ length: 30 }, (_, at) => `Paragraph ${at}: ${'word '.repeat(15)}`).join('\n\n');
  const { shown } = await answered(`${prose}\n\n${large}\n\n${prose}`);
  expect(shown.length).toBeGreaterThan(2);
  const files = shown.map(({ attachments }) => attachments.map(({ filename }) => filename));
  expect(files.slice(0, -1).flat()).toEqual([]);
  expect(files.at(-1)).toContain('table.csv');
  const part = shown.find(({ content }) => content.includes('order 0 '));
  expect(part?.content).toContain('order 24');
});

test('in a channel with embeds', async () => {
  const { shown } = await answered(large, { channel: 'ops', author: 'Olga' });
  expect(shown[0]?.embeds[0]?.['description']).toContain(note);
  expect(shown[0]?.attachments.map(({ filename }) => filename)).toEqual(['table.csv']);
});

test('no pipe is seen while it is written, and a line tells how far it is', async () => {
  const { id, run } = await asked();
  await run.write('These are they:\n\n| name | ro');
  await rig.controls.waitFor(({ replyTo, content }) => replyTo === id && content.includes('These are they'));
  await run.write('ws |\n| --- | ---: |\n| **orders** | 12,000 |\n| custo');
  await rig.controls.waitFor(
    ({ replyTo, content }) => replyTo === id && content.includes('📊 Writing a table: 2 rows'),
  );
  await run.write('mers | 800 |\n\nThat is ');
  await rig.controls.waitFor(({ replyTo, content }) => replyTo === id && content.includes(smallBlock));
  const text = `These are they:\n\n${small}\n\nThat is all.`;
  await run.answered(text);
  await run.end(text);
  const [shown] = await standing(run.id, id);
  expect(shown?.content).toContain(`${smallBlock}\n\nThat is all.`);
  expect(shown?.content).not.toContain('Writing a table');
  const bodies = rig.controls
    .requests()
    .flatMap(({ body }) => (typeof body['content'] === 'string' ? body['content'] : []));
  expect(bodies.length).toBeGreaterThan(2);
  for (const body of bodies) expect(body).not.toMatch(/\|/);
});

test('a table is shown when the model has said it, and not only when the run ends', async () => {
  const { id, run } = await asked();
  await run.answered(`So far:\n\n${small}`, 0);
  await run.tool('read_file');
  const before = await rig.controls.waitFor(({ replyTo, content }) => replyTo === id && content.includes(smallBlock));
  expect(before.content).not.toContain('Writing a table');
  await run.toolDone('read_file');
  await run.write('Then ', 1);
  await run.answered('Then the rest.', 1);
  await run.end('Then the rest.');
  const [shown, ...others] = await standing(run.id, id);
  expect(others).toEqual([]);
  expect(shown?.content).toContain(`${smallBlock}\n\nThen the rest.`);
});

test('a restart in the middle of a table ends in the same message', async () => {
  const { id, run } = await asked();
  await run.write(`First.\n\n${large.slice(0, 800)}`);
  await rig.controls.waitFor(({ replyTo, content }) => replyTo === id && content.includes('First.'));
  await rig.stop();
  await rig.start();
  await run.answered(`First.\n\n${large}`);
  await run.end(`First.\n\n${large}`);
  const shown = await standing(run.id, id);
  expect(shown).toHaveLength(1);
  expect(shown[0]?.content).toContain(note);
  expect(shown[0]?.attachments).toHaveLength(1);
});

test('an answer that takes the place of one with a file has none of it', async () => {
  const { id, run } = await asked();
  await run.answered(large);
  await run.end('The model went away.', { outcome: 'failed', reason: 'model-away' });
  const [failed] = await standing(run.id, id);
  expect(failed?.attachments).toHaveLength(1);
  await replayRun({ redis: rig.redis, queues: rig.queues }, run.id, { from: 'start', by: 'operator' });
  const again = await playWorker(rig.redis, rig.queues, `${run.id}-r1`);
  await again.answered('There is no table.');
  await again.end('There is no table.');
  const [shown] = await standing(again.id, id);
  expect(shown?.id).toBe(failed?.id);
  expect(shown?.content).toContain('There is no table.');
  expect(shown?.attachments).toEqual([]);
});

test('a table in a thread tells the next question that it was not whole', async () => {
  const channel = rig.controls.startThread({ channel: 'general', author: 'Ada', name: 'Tables' });
  await answered(large, { channel });
  const next = await asked({ channel });
  const before = next.run.request.context?.find(({ role }) => role === 'assistant');
  expect(before?.content).toContain('order 24');
  expect(before?.content.endsWith(note)).toBe(true);
  await next.run.end('Yes.');
});

test('nothing in a cell pings', async () => {
  const { people } = rig.playground;
  const cells = `| @everyone | <@${people.Ada}> ${'word '.repeat(20)}|`;
  const { shown } = await answered(`| a | b |\n|---|---|\n${cells}\n\n| a | b |\n|---|---|\n| @here | x |`);
  for (const { pings, mentionEveryone } of shown) expect([pings, mentionEveryone]).toEqual([[], false]);
});

test('without Attach Files all rows come as messages, and none asks for a file in vain', async () => {
  rig.controls.permit('general', 'Dragoman', { deny: ['ATTACH_FILES'] });
  const { shown } = await answered(`${large}\n\nThe end.`).finally(() => rig.controls.unpermit('general', 'Dragoman'));
  const text = shown.map(({ content }) => content).join('\n');
  expect(text.match(/^order \d+ /gm)).toHaveLength(150);
  expect(text).toContain('The end.');
  expect(text).not.toMatch(/\.csv|\|/);
  for (const { content } of shown.slice(0, -1)) expect(content).toMatch(/^```\norder +day\n/);
  expect(rig.controls.requests().filter(({ status }) => status === 403)).toEqual([]);
});

test('without Attach Files an answer of more than six messages comes whole', async () => {
  rig.controls.permit('general', 'Dragoman', { deny: ['ATTACH_FILES'] });
  const text = Array.from({ length: 150 }, (_, at) => `Paragraph ${at}: ${'word '.repeat(15)}`).join('\n\n');
  const { shown } = await answered(text).finally(() => rig.controls.unpermit('general', 'Dragoman'));
  expect(shown.length).toBeGreaterThan(6);
  expect(shown.at(-1)?.content).toContain('Paragraph 149');
});

test.each([
  ['the first message', 'POST /channels/*/messages', 403],
  ['an edit', 'PATCH /channels/*/messages/*', 403],
  ['the first message, as too large', 'POST /channels/*/messages', 413],
  ['an edit, as too large', 'PATCH /channels/*/messages/*', 413],
])('files that are refused with %s are not missed', async (_, route, status) => {
  const { id, run } = await asked();
  if (route.startsWith('PATCH')) {
    await run.write('Some first words here. ');
    await rig.controls.waitFor(({ replyTo }) => replyTo === id);
  }
  rig.controls.inject({ route, times: 1, status });
  // The end comes together with all of the text, so the next message already has the files.
  await run.end(`Some first words here. So:\n\n${large}`);
  const shown = await standing(run.id, id);
  const text = shown.map(({ content }) => content).join('\n');
  expect(text.match(/^order \d+ /gm)).toHaveLength(150);
  expect(shown.flatMap(({ attachments }) => attachments)).toEqual([]);
  expect(rig.controls.faultHits()).toMatchObject({ [status]: expect.any(Number) });
});
