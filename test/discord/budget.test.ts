import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { discordRunId } from '#shared/run/request.ts';
import { monthOf } from '#shared/run/usage.ts';
import { occurrenceId } from '#shared/schedules/schedule.ts';
import { listSchedules } from '#shared/schedules/store.ts';
import { playWorker } from './played-worker.ts';
import { startRig, type Rig } from './rig.ts';

const policy = `
version: 1
roles:
  member: { allow: ["*"], budget_usd: 2 }
members: { everyone: [member], terminal: [] }
`;

let rig: Rig;
/** By how many milliseconds the clock of schedules differs from ours. */
let offset = 0;
beforeAll(async () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'policy-')), 'policy.yaml');
  writeFileSync(file, policy);
  rig = await startRig({
    playground: { rateLimits: false },
    environment: { POLICY_FILE: file },
    overrides: { schedules: { everyMs: 40, againMs: 100, now: async () => Date.now() + offset } },
  });
});
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(async () => {
  for (const person of ['Max', 'Olga'] as const) await spent(person, 0);
});

async function spent(person: 'Max' | 'Olga' | 'Guest' | 'Dev', usd: number): Promise<void> {
  await rig.redis.hset(keys.usage(monthOf(Date.now())), `discord:${rig.playground.people[person]} usd`, usd);
}

const accepted = () => rig.redis.zcard(keys.recent);
const used = (author: string, name: string, options = {}) =>
  rig.controls.command({ channel: 'general', author, name, options }).outcome();

test('a mention and /ask of somebody whose budget is used up are refused: how much, and until when', async () => {
  await spent('Max', 2.5);
  const before = await accepted();
  const asked = rig.ask('what now?', { author: 'Max' });
  const told = await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
  const refusal = /^💸 Your budget for this month is used up: \$2\.50 of \$2\.00\. Ask again <t:\d+:R>/;
  expect(told.content).toMatch(refusal);
  const seconds = Number(/<t:(\d+):R>/.exec(told.content)?.[1]);
  expect(new Date(seconds * 1_000).toISOString()).toMatch(/-01T00:00:00\.000Z$/);
  expect(seconds * 1_000).toBeGreaterThan(Date.now());
  rig.controls.setLocale({ person: 'Max' }, 'de');
  const { message } = await used('Max', 'ask', { question: 'and now?' });
  expect(message?.content).toMatch(/^💸 Dein Budget für diesen Monat ist aufgebraucht: 2,50\s\$ von 2,00\s\$\./);
  expect(message?.visibleTo).toBe(rig.playground.people.Max);
  expect((await used('Max', 'usage')).message?.content).toMatch(/Budget: 2,50\s\$ von 2,00\s\$ verbraucht/);
  expect((await used('Max', 'why', { message: asked.id })).message?.content).toContain('`budget`');
  rig.controls.setLocale({ person: 'Max' }, 'en-US');
  expect(await accepted()).toBe(before);
});

test('Retry and /retry of a question whose asker’s budget is used up are refused', async () => {
  const asked = rig.ask('once', { author: 'Max' });
  const run = await rig.work(asked.id);
  await run.end('The first answer.');
  const { id } = await rig.controls.waitFor(
    ({ replyTo, content, components }) =>
      replyTo === asked.id && content.includes('first answer') && JSON.stringify(components).includes('"retry:'),
  );
  await spent('Max', 2);
  const before = await accepted();
  const pressed = await rig.controls.click({ message: id, author: 'Max', label: 'Retry' }).outcome();
  expect(pressed.message?.content).toContain('Your budget for this month is used up: $2.00 of $2.00');
  const byAdmin = await rig.controls.click({ message: id, author: 'Ada', label: 'Retry' }).outcome();
  expect(byAdmin.message?.content).toContain(`The budget of <@${rig.playground.people.Max}> for this month is used up`);
  expect((await used('Max', 'retry')).message?.content).toContain('Your budget for this month is used up');
  expect(await accepted()).toBe(before);
  await spent('Max', 1.99);
  await rig.controls.click({ message: id, author: 'Max', label: 'Retry' }).outcome();
  expect(await accepted()).toBe(before + 1);
});

test('who has used 80 % is told once above an answer, in their language, and /usage marks it', async () => {
  const answered = async (question: string) => {
    const asked = rig.ask(question, { author: 'Max' });
    await (await rig.work(asked.id)).end('Here you are.');
    return (await rig.controls.waitFor(({ replyTo, content }) => replyTo === asked.id && content.includes('Here')))
      .content;
  };
  await spent('Max', 1.5);
  expect(await answered('far from it?')).not.toContain('budget');
  expect((await used('Max', 'usage')).message?.content).not.toContain('⚠️');
  await spent('Max', 1.7);
  expect(await answered('near?')).toMatch(
    /^-# ⚠️ You have used 85% of your budget for this month: \$1\.70 of \$2\.00\. It begins anew on \w+ 1, \d{4}\.$/m,
  );
  expect(await answered('and now?')).not.toContain('budget');
  expect((await used('Max', 'usage')).message?.content).toContain('- ⚠️ Budget: $1.72 of $2.00 used');
  await spent('Olga', 1.999);
  rig.controls.setLocale({ person: 'Olga' }, 'de');
  const asked = rig.controls.command({
    channel: 'general',
    author: 'Olga',
    name: 'ask',
    options: { question: 'by command?' },
  });
  await (await rig.work(asked.id)).end('Bitte sehr.');
  const { content } = await rig.controls.waitFor(({ content: text }) => text.includes('Bitte sehr.'));
  expect(content).toMatch(
    /⚠️ Du hast 99\s% deines Budgets für diesen Monat verbraucht: 2,00\s\$ von 2,00\s\$\. Es beginnt am 1\. \p{L}+ \d{4} neu\./u,
  );
  rig.controls.setLocale({ person: 'Olga' }, 'en-US');
});

test('an answer that takes somebody past 80 %, or past all of it, says so beneath itself, whatever asked', async () => {
  const beneath = async (id: string, costUsd: number, text: string) => {
    const usage = { inputTokens: 1, outputTokens: 1, costUsd, estimated: false };
    await (await playWorker(rig.redis, rig.queues, id)).end(text, { usage });
    const { content } = await rig.controls.waitFor((message) => message.content.includes(text));
    return content.replaceAll('\u00a0', ' ');
  };
  await spent('Guest', 1.5);
  const asked = rig.ask('dear?', { author: 'Guest' });
  const content = await beneath(discordRunId(asked.id), 0.6, 'Dear indeed.');
  expect(content).toMatch(/^-# ⚠️ You have used 105% of your budget for this month: \$2\.10 of \$2\.00\. It begins/m);

  await forgetWarnings();
  await spent('Dev', 0);
  const cheap = rig.ask('cheap?', { author: 'Dev' });
  expect(await beneath(discordRunId(cheap.id), 0.1, 'Cheap.')).not.toContain('budget');
  const { id } = await rig.controls.waitFor(({ content: text, components }) => {
    return text.includes('Cheap.') && JSON.stringify(components).includes('"retry:');
  });
  await spent('Dev', 1.55);
  await rig.controls.click({ message: id, author: 'Dev', label: 'Retry' }).outcome();
  expect(await beneath(`${discordRunId(cheap.id)}-r1`, 0.1, 'Not so cheap.')).toContain('You have used 82%');

  await forgetWarnings();
  await spent('Dev', 1.9);
  const when = { when: 'in 15 minutes', question: 'Anything?' };
  await rig.controls
    .command({ channel: 'general', author: 'Dev', name: 'schedule', subcommand: 'add', options: when })
    .outcome();
  const [schedule] = await listSchedules(rig.redis);
  offset = 16 * 60_000;
  const run = occurrenceId(schedule!, schedule!.next!);
  expect(await beneath(run, 0.01, 'Nothing new.')).toContain('You have used 95%');
});

async function forgetWarnings(): Promise<void> {
  const month = keys.usage(monthOf(Date.now()));
  const warned = (await rig.redis.hkeys(month)).filter((field) => field.includes(' warned:'));
  if (warned.length > 0) await rig.redis.hdel(month, ...warned);
}

test('what one person has used refuses nobody else', async () => {
  await spent('Max', 5);
  const asked = rig.ask('and me?', { author: 'Olga' });
  await (await rig.work(asked.id)).end('You too.');
  expect((await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id)).content).toBeDefined();
});
