import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRig, until, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false } });
});

afterAll(() => rig[Symbol.asyncDispose]());

test('a mention becomes a run; its answer grows in one reply and ends with footer and buttons', async () => {
  const asked = rig.ask('which tables are there?');
  const run = await rig.work(asked.id);
  expect(run.request.text).toBe('which tables are there?');
  await run.write('There are ');
  const shown = await rig.controls.waitFor((message) => message.replyTo === asked.id);
  expect(shown.content).toMatch(/^There/);
  await run.write('two tables: **a** and **b');
  await rig.controls.waitFor((message) => message.id === shown.id && message.content.includes('two tables: **a** and'));
  await run.answered('There are two tables: **a** and **b**.');
  await run.end('There are two tables: **a** and **b**.');
  const final = await rig.controls.waitFor((message) => message.id === shown.id && message.content.includes('$0.01'));
  expect(final.content).toMatch(/^There are two tables: \*\*a\*\* and \*\*b\*\*\.\n-# 1\.2 s · \$0\.01$/);
  expect(final.pings).toEqual([]);
  expect(JSON.stringify(final.components)).toContain(`retry:${run.id}`);
});

test('an answer over the limit comes in parts, each replying to the one before', async () => {
  const asked = rig.ask('long please', { author: 'Max' });
  const run = await rig.work(asked.id);
  const text = Array.from({ length: 60 }, (_, index) => `Paragraph ${index}: ${'word '.repeat(15)}`).join('\n\n');
  await run.answered(text);
  await run.end(text);
  const first = await rig.controls.waitFor((message) => message.replyTo === asked.id);
  const second = await rig.controls.waitFor((message) => message.replyTo === first.id);
  const parts = await until('all parts stand', () => {
    const all = rig.controls
      .messages('general')
      .filter(({ author, id }) => author.bot && BigInt(id) >= BigInt(first.id));
    return all.some(({ content }) => content.includes('Paragraph 59')) ? all : false;
  });
  expect(parts[1]?.id).toBe(second.id);
  for (const [index, part] of parts.entries()) {
    expect(part.content.length).toBeLessThanOrEqual(2_000);
    expect(part.components).toHaveLength(index === parts.length - 1 ? 1 : 0);
  }
  const joined = parts.map(({ content }) => content).join('\n');
  for (let index = 0; index < 60; index += 1) expect(joined).toContain(`Paragraph ${index}:`);
});
