import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JournalEntryInput } from '#shared/run/journal-entries.ts';
import { playWorker, type PlayedRun } from './played-worker.ts';
import { startRig, until, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false } });
});

afterAll(() => rig[Symbol.asyncDispose]());

/** Answers a question and waits until all of it stands. Returns its last message. */
async function answered(text: string, before?: (run: PlayedRun) => Promise<void>, author = 'Max') {
  const { id } = rig.ask('show it', { author });
  const run = await rig.work(id);
  await before?.(run);
  await run.answered(text, before ? 1 : 0);
  await run.end(text);
  return { run, shown: await standing(run.id, id) };
}

async function standing(run: string, question: string) {
  const key = `{dragoman}:run:${run}:delivery`;
  await until('the delivery is finished', async () => (await rig.redis.hget(key, 'done')) === '1');
  const own = rig.controls.messages('general').filter(({ id, author }) => author.bot && BigInt(id) > BigInt(question));
  return own.at(-1)!;
}

async function press(message: string, author: string, label: string) {
  return rig.controls.click({ message, author, label }).outcome();
}

/** The size of a PNG, and how many colours it has; its rows are read. */
async function pictureAt(url: string | undefined): Promise<{ width: number; height: number; colours: number }> {
  const png = Buffer.from(await (await fetch(url ?? '')).arrayBuffer());
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const rows = inflateSync(png.subarray(png.indexOf('IDAT') + 4, png.indexOf('IEND') - 8));
  const colours = new Set<string>();
  for (let at = 1; at + 3 <= rows.length; at += 3) colours.add(rows.toString('hex', at, at + 3));
  return { width, height, colours: colours.size };
}

const rowsOf = (count: number, row: (at: number) => string) => Array.from({ length: count }, (_, at) => row(at));

test('rows that an answer does not show are paged by each person for themselves', async () => {
  const table = ['| order | day |', '| --- | --- |', ...rowsOf(60, (at) => `| order ${at} | 2026-01-02 |`)].join('\n');
  const { shown } = await answered(table);
  const before = rig.controls.message(shown.id).content;
  const first = await press(shown.id, 'Dev', 'More rows');
  expect(first.message).toMatchObject({ visibleTo: rig.playground.people.Dev });
  expect(first.message?.content).toMatch(/^📄 Rows 26–50 of 60, page 2 of 3\n```\n[\s\S]*order 25 [\s\S]*order 49 /);
  const next = await press(first.message?.id ?? '', 'Dev', '›');
  expect(next.answeredWith).toBe(7);
  expect(next.message?.id).toBe(first.message?.id);
  expect(next.message?.content).toMatch(/^📄 Rows 51–60 of 60, page 3 of 3/);
  const back = await press(first.message?.id ?? '', 'Dev', '‹');
  expect(back.message?.content).toContain('page 2 of 3');
  expect(rig.controls.message(shown.id).content).toBe(before);
});

test('a table that is shown whole has no further rows', async () => {
  const { shown } = await answered('| a | b |\n| --- | --- |\n| x | y |');
  expect(JSON.stringify(shown.components)).not.toContain('More rows');
  expect(shown.attachments).toEqual([]);
});

test('a series comes with a chart, and the table says what it said', async () => {
  const rows = rowsOf(12, (at) => `| 2026-${String(at + 1).padStart(2, '0')} | 1.${at}00,50 € |`);
  const { shown } = await answered(['| month | Umsatz |', '| --- | ---: |', ...rows].join('\n'));
  expect(shown.content).toContain('2026-12  1.1100,50 €');
  expect(shown.attachments.map(({ filename }) => filename)).toEqual(['chart.png']);
  const picture = await pictureAt(shown.attachments[0]?.url);
  expect(picture).toMatchObject({ width: 600, height: 330 });
  expect(picture.colours).toBeGreaterThan(20);
});

test('a wide table that is not shown whole comes as a picture too', async () => {
  const heads = ['id', 'customer', 'street', 'city', 'phone', 'note', 'state', 'sum'];
  const rows = rowsOf(
    40,
    (at) =>
      `| ${at} | ${heads
        .slice(1)
        .map((head) => `${head} of number ${at} Ünal`)
        .join(' | ')} |`,
  );
  const { shown } = await answered([`| ${heads.join(' | ')} |`, `|${' --- |'.repeat(8)}`, ...rows].join('\n'));
  expect(shown.attachments.map(({ filename }) => filename)).toEqual(['table.csv', 'table.png']);
  const picture = await pictureAt(shown.attachments[1]?.url);
  expect(picture.width).toBeLessThanOrEqual(1_600);
  expect(picture.height).toBeGreaterThan(500);
  const page = await press(shown.id, 'Max', 'More rows');
  expect(page.message?.content).toMatch(/^📄 Rows \d+–\d+ of 40/);
});

test('of long code the first lines are shown, and all of it is a file', async () => {
  const code = rowsOf(200, (at) => `print(${at})`).join('\n');
  const { id } = rig.ask('write it', { author: 'Max' });
  const run = await rig.work(id);
  await run.write(`Here:\n\n\`\`\`python\n${code}`);
  const growing = await rig.controls.waitFor(({ replyTo, content }) => replyTo === id && content.includes('print(59)'));
  expect(growing.content).not.toContain('print(60)');
  const text = `Here:\n\n\`\`\`python\n${code}\n\`\`\`\n\nThat is it.`;
  await run.answered(text);
  await run.end(text);
  const shown = await standing(run.id, id);
  expect(shown.content).toContain('print(59)\n```\n-# 200 lines, 60 shown; all in code.py\n\nThat is it.');
  expect(shown.attachments.map(({ filename }) => filename)).toEqual(['code.py']);
  expect(await (await fetch(shown.attachments[0]?.url ?? '')).text()).toBe(code);
});

async function queried(run: PlayedRun): Promise<void> {
  const call = { id: 'c1', name: 'postgres_query', arguments: '{"query":"SELECT *\\nFROM orders","max_rows":15}' };
  await run.append({
    type: 'model.answered',
    step: 0,
    model: 'played',
    text: '',
    toolCalls: [call],
    thought: { text: 'First I look at the orders.' },
    finishReason: 'tool_calls',
    usage: { inputTokens: 1, outputTokens: 1, costUsd: 0, estimated: false },
    durationMs: 5,
  });
  await run.tool('postgres_query', { query: 'SELECT *\nFROM orders', max_rows: 15 });
  const finished: JournalEntryInput = {
    type: 'tool.finished',
    step: 0,
    call: 0,
    tool: 'postgres_query',
    domain: 'postgres',
    outcome: 'ok',
    content: 'rows',
    size: { count: 15, of: 'rows' },
    durationMs: 230,
  };
  await run.append(finished);
}

test('Details tell what was done, to who asks for it alone, with reasoning on demand', async () => {
  const { run, shown } = await answered('Here they are.', queried);
  expect(shown.content).toBe('Here they are.\n-# 🔎 postgres\\_query · 15 rows · 1.2 s · $0.01');
  const details = await press(shown.id, 'Dev', 'Details');
  expect(details.message?.visibleTo).toBe(rig.playground.people.Dev);
  const content = details.message?.content ?? '';
  expect(content).toContain('1. **postgres\\_query** · ✓ · 15 rows · 0.2 s\n```sql\nSELECT *\nFROM orders\n```');
  expect(content).toContain(`\`\`\`\n${run.id}\n\`\`\``);
  expect(content).toMatch(/played · 2 steps · 1\.2 s .*121 → 41 tokens · \$0\.01/);
  const reasoning = await press(details.message?.id ?? '', 'Dev', 'Reasoning');
  expect(reasoning.message?.content).toContain('First I look at the orders.');
  expect(reasoning.message?.visibleTo).toBe(rig.playground.people.Dev);
});

test('long details are whole in a file', async () => {
  const long = `SELECT ${'x, '.repeat(900)}1`;
  const { shown } = await answered('Done.', async (run) => {
    await run.tool('postgres_query', { query: long });
    await run.toolDone('postgres_query');
  });
  const { message } = await press(shown.id, 'Max', 'Details');
  expect(message?.content.length).toBeLessThanOrEqual(2_000);
  const [file] = message?.attachments ?? [];
  expect(file?.filename).toBe('details.md');
  expect(await (await fetch(file?.url ?? '')).text()).toContain(long);
});

test('details are shown only where their answer stands', async () => {
  const { run } = await answered('Secret.');
  const { url, token, channels } = rig.playground;
  // A button that was made up: it names a run of another channel.
  const button = { type: 2, style: 2, label: 'Details', custom_id: `details:${run.id}` };
  const posted = await fetch(`${url}/v10/channels/${channels.ops}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ content: 'x', components: [{ type: 1, components: [button] }] }),
  });
  const { id } = (await posted.json()) as { id: string };
  const outcome = await press(id, 'Olga', 'Details');
  expect(outcome.message?.content).toContain('not kept any more');
});

test('Retry keeps the earlier answers within reach', async () => {
  const { run, shown } = await answered('The first answer.');
  await press(shown.id, 'Max', 'Retry');
  const second = await playWorker(rig.redis, rig.queues, `${run.id}-r1`);
  await second.answered('The second answer.');
  await second.end('The second answer.');
  await rig.controls.waitFor(({ id, components }) => id === shown.id && JSON.stringify(components).includes('‹ 2/2'));
  expect(rig.controls.message(shown.id).content).toContain('The second answer.');
  const older = await press(shown.id, 'Dev', '‹ 2/2');
  expect(older.message?.visibleTo).toBe(rig.playground.people.Dev);
  expect(older.message?.content).toMatch(/^-# answer 1 of 2 · [\s\S]*The first answer\./);
  const newer = await press(older.message?.id ?? '', 'Dev', '›');
  expect(newer.message?.content).toMatch(/^-# answer 2 of 2 · [\s\S]*The second answer\./);
  expect(rig.controls.message(shown.id).content).toContain('The second answer.');
});

test('/retry asks the last question here again', async () => {
  const { run, shown } = await answered('Once.', undefined, 'Guest');
  const none = await rig.controls.command({ channel: 'data', author: 'Guest', name: 'retry' }).outcome();
  expect(none.message?.content).toContain('no question of yours in this channel');
  const outcome = await rig.controls.command({ channel: 'general', author: 'Guest', name: 'retry' }).outcome();
  expect(outcome.message?.content).toContain('Asking it again');
  const again = await playWorker(rig.redis, rig.queues, `${run.id}-r1`);
  await again.answered('Twice.');
  await again.end('Twice.');
  await rig.controls.waitFor(({ id, content }) => id === shown.id && content.startsWith('Twice.'));
});

test('/ask and Ask Dragoman show what was asked above the answer', async () => {
  const question = 'How many *rows*\n@everyone?';
  const asked = rig.controls.command({ channel: 'general', author: 'Dev', name: 'ask', options: { question } });
  const run = await rig.work(asked.id);
  await run.answered('Seven.');
  await run.end('Seven.');
  const shown = await rig.controls.waitFor(({ content }) => content.includes('Seven.'));
  expect(shown.content).toMatch(/^> 💬 How many \\\*rows\\\* \\@everyone\?\nSeven\.\n-# /);
  const said = rig.say({ channel: 'general', author: 'Olga', content: 'The disk is full.' });
  const menu = rig.controls.command({ channel: 'general', author: 'Dev', name: 'Ask Dragoman', target: said.id });
  const about = await rig.work(menu.id);
  await about.answered('Delete something.');
  await about.end('Delete something.');
  const told = await rig.controls.waitFor(({ content }) => content.includes('Delete something.'));
  expect(told.content).toMatch(/^> 💬 Olga: The disk is full\.\nDelete something\./);
});

test('/usage tells a person their own month, and who manages the server that of all', async () => {
  await answered('One.', undefined, 'Max');
  const usage = async (author: string) =>
    (await rig.controls.command({ channel: 'general', author, name: 'usage' }).outcome()).message?.content ?? '';
  const own = await usage('Max');
  expect(own).toMatch(
    /\*\*You, in \p{Lu}\p{Ll}+ \d{4}\*\* \(UTC\)\n- \d+ questions?, [\d,]+ → [\d,]+ tokens, \$0\.\d\d/u,
  );
  expect(own).not.toContain('This server');
  const all = await usage('Ada');
  expect(all).toContain('- nothing yet');
  expect(all).toMatch(
    new RegExp(`\\*\\*This server\\*\\*: \\d+ questions[\\s\\S]*- <@${rig.playground.people.Max}>: `),
  );
});
