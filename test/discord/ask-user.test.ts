import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expireQuestions } from '#test/lib/claims.ts';
import { createRunStore } from '#shared/run/run-store.ts';
import { readRun } from '#shared/run/record.ts';
import { discordRunId } from '#shared/run/request.ts';
import { mark } from '#test/model/turn.ts';
import { startLiveRig, type LiveRig } from './live-rig.ts';
import { until } from './rig.ts';

// The model asks back, with the real toolbox and a real worker.

let rig: LiveRig;
const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-ask-user-'));

beforeAll(async () => {
  const servers = path.join(folder, 'servers.json');
  writeFileSync(servers, '{ "mcpServers": {} }');
  rig = await startLiveRig({ workerSettings: { MCP_SERVERS_FILE: servers } });
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** A question of which the model first asks back; it then says what it was told. Resolves to the card. */
async function askedBack(author: string, name: string, args: object, channel = 'general') {
  rig.model.script(name, ({ results }) =>
    results.length === 0
      ? { toolCalls: [{ name: 'ask_user', arguments: { question: `Which ${name}?`, ...args } }] }
      : { text: `${name}: ${results[0]?.text}` },
  );
  const text = mark(name, name);
  const { id } = channel.startsWith('@')
    ? rig.say({ channel, author, content: text })
    : rig.ask(text, { author, channel });
  const card = await rig.controls.waitFor(({ content }) => content.startsWith(`❓ Which ${name}?`));
  await until('it waits', async () => (await readRun(rig.redis, discordRunId(id)))?.status === 'waiting');
  return { id, card };
}
const changed = (id: string, text: string) =>
  rig.controls.waitFor((message) => message.id === id && message.content.includes(text));

test('choices are buttons; only who was asked answers; it survives a restart of worker and ingress', async () => {
  const { card } = await askedBack('Ada', 'planet', { choices: ['Mars', 'Venus'] });
  const refused = await rig.controls.click({ message: card.id, author: 'Dev', label: 'Mars' }).outcome();
  expect(refused.message?.content).toContain('is asked here');
  await rig.stopWorker();
  await rig.stop();
  await rig.start();
  await rig.controls.click({ message: card.id, author: 'Ada', label: 'Venus' }).outcome();
  await rig.startWorker();
  await rig.answer('planet: Ada answers: Venus');
  const after = await changed(card.id, '✅ Ada: Venus');
  expect(after.components).toEqual([]);
});

test('many choices are a menu, and there is always a field for other words', async () => {
  const choices = Array.from({ length: 12 }, (_, index) => `month ${index + 1}`);
  const first = await askedBack('Max', 'month', { choices });
  await rig.controls.select({ message: first.card.id, author: 'Max', values: ['6'] }).outcome();
  await rig.answer('month: Max answers: month 7');
  const second = await askedBack('Max', 'day', {});
  const pressed = rig.controls.click({ message: second.card.id, author: 'Max', label: 'Answer…' });
  await pressed.outcome();
  await rig.controls.submitModal({ interaction: pressed.id, values: { text: 'the **last** one' } }).outcome();
  await rig.answer('day: Max answers: the **last** one');
});

test('a message of the person answers as well, also by direct message', async () => {
  const { id } = await askedBack('Olga', 'river', { choices: ['Nile'] }, '@Olga');
  const said = rig.say({ channel: '@Olga', author: 'Olga', content: 'the Rhine' });
  await rig.answer('river: Olga answers: the Rhine');
  expect(await readRun(rig.redis, discordRunId(said.id))).toBeUndefined();
  expect((await readRun(rig.redis, discordRunId(id)))?.outcome).toBe('answered');
});

test('when nobody answers in time, the card says so and the model goes on', async () => {
  const { card } = await askedBack('Guest', 'lake', { choices: ['Como'] });
  expect(await expireQuestions(createRunStore({ redis: rig.redis, queues: rig.queues }))).toBe(1);
  await rig.answer('lake: Nobody answered in time.');
  await changed(card.id, '⌛ Nobody answered in time.');
  const late = rig.controls.message(card.id);
  expect(late.components).toEqual([]);
});

test('a question that is stopped meanwhile is not asked any more', async () => {
  const { id, card } = await askedBack('Dev', 'hill', {});
  await rig.controls.command({ channel: 'general', author: 'Dev', name: 'stop' }).outcome();
  await changed(card.id, 'The run ended before anybody answered');
  expect((await readRun(rig.redis, discordRunId(id)))?.outcome).toBe('stopped');
});
