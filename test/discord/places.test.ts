import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readRun } from '#shared/run/record.ts';
import type { ShownMessage } from '#services/playground/controls/shown.ts';
import { playWorker, stopOf } from './played-worker.ts';
import { startRig, until, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false }, environment: { DISCORD_FOOTER: 'verbose' } });
});

beforeEach(() => {
  rig.controls.clearFaults();
  rig.controls.unblock();
});

afterAll(() => rig[Symbol.asyncDispose]());

let count = 0;

/** A server in which the bot is no member, or conversations among people. */
const strange: [string, () => string][] = [
  [
    'a server that the bot is not in',
    () => {
      count += 1;
      const guild = rig.controls.addGuild({ name: `foreign ${count}`, owner: 'Dev', withBot: false });
      return rig.controls.addChannel({ name: `foreign-${count}`, guild });
    },
  ],
  ['a group of people', () => rig.controls.addGroup(['Dev', 'Max', 'Olga'])],
  ['direct messages of two people', () => rig.controls.addGroup(['Dev', 'Max'])],
  [
    'a channel that the bot cannot see',
    () => {
      count += 1;
      const channel = rig.controls.addChannel({ name: `hidden-${count}` });
      rig.controls.permit(channel, 'Dragoman', { deny: ['VIEW_CHANNEL'] });
      return channel;
    },
  ],
  [
    'a channel that the bot may not write in',
    () => {
      count += 1;
      const channel = rig.controls.addChannel({ name: `silent-${count}` });
      rig.controls.permit(channel, 'Dragoman', { deny: ['SEND_MESSAGES'] });
      return channel;
    },
  ],
];

async function askIn(channel: string, question = 'what?', author = 'Dev') {
  const used = rig.controls.command({ channel, author, name: 'ask', options: { question } });
  const { message } = await used.outcome();
  const run = await rig.work(used.id);
  return { used, run, message: message?.id ?? '' };
}

function contentOf(message: string): string {
  return rig.controls.message(message).content;
}

async function settled(run: { id: string }): Promise<void> {
  await until('the delivery is finished', async () => {
    return (await rig.redis.hget(`{dragoman}:run:${run.id}:delivery`, 'done')) === '1';
  });
}

/** Requests to a channel that Discord refused. */
function refused(channel: string): string[] {
  return rig.controls
    .requests()
    .filter(({ path, status }) => path.includes(`/channels/${channel}`) && status >= 400)
    .map(({ method, path, status }) => `${method} ${path} ${status}`);
}

test.each(strange)('/ask in %s: written and finished by the command’s token', async (_, make) => {
  const channel = make();
  const { run, message } = await askIn(channel);
  await run.write('There it begins. ');
  await rig.controls.waitFor(({ id, content }) => id === message && content.includes('There it'));
  await run.answered('There it begins. And ends.');
  await run.end('There it begins. And ends.');
  await settled(run);
  expect(contentOf(message)).toContain('There it begins. And ends.');
  expect(contentOf(message)).not.toContain('⚪');
  expect(refused(channel)).toEqual([]);
});

test.each(strange)('/ask in %s: Stop, and a question to a human', async (_, make) => {
  const channel = make();
  const { run, message } = await askIn(channel);
  await run.write('In the beginning. ');
  await rig.controls.waitFor(({ id, components }) => id === message && components.length > 0);
  await run.append({
    type: 'approval.requested',
    approval: 'a1',
    step: 0,
    call: 0,
    tool: 'write_file',
    arguments: '{"path":"x"}',
    argumentsHash: 'h',
    kind: 'policy',
    expiresAt: Date.now() + 60_000,
  });
  const card = await rig.controls.waitFor(
    ({ channelId, content }) => channelId === rig.controls.message(message).channelId && content.includes('write_file'),
  );
  expect(card.content).toContain('asks before it runs');
  await rig.controls.click({ message, author: 'Dev', label: 'Stop' }).outcome();
  await until('it is stopped', async () => (await stopOf(rig.redis, run.id)) !== undefined);
  await run.end('Stopped.', { outcome: 'stopped' });
  await settled(run);
  expect(contentOf(message)).toContain('Stopped.');
  await rig.controls.waitFor(({ id, content }) => id === card.id && content.includes('The run ended'));
});

test.each(strange)('/ask in %s, and Retry: the answer stands in the same message', async (_, make) => {
  const { run, message } = await askIn(make());
  await run.end('It did not work.', { outcome: 'failed' });
  await settled(run);
  const retry = rig.controls.click({ message, author: 'Dev', label: 'Retry' });
  await retry.outcome();
  const replay = await until('it is replayed', async () => (await readRun(rig.redis, run.id))?.replayedBy ?? false);
  const again = await playWorker(rig.redis, rig.queues, replay);
  await again.end('Now it did.');
  await rig.controls.waitFor(({ id, content }) => id === message && content.includes('Now it did.'));
});

test('a long answer where the bot is no member keeps to the messages that Discord takes', async () => {
  const { run, message } = await askIn(strange[0]?.[1]() ?? '');
  const text = Array.from({ length: 400 }, (_, index) => `Paragraph ${index}: ${'word '.repeat(15)}`).join('\n\n');
  await run.answered(text);
  await run.end(text);
  await settled(run);
  const { channelId } = rig.controls.message(message);
  const shown = rig.controls.messages(channelId).filter(({ author }) => author.bot);
  expect(shown).toHaveLength(3);
  expect(shown.at(-1)?.attachments.map(({ filename }) => filename)).toEqual(['answer.md']);
});

test.each(strange)('/ask in %s, and the token dies before the end: it goes on by direct message', async (_, make) => {
  const { run, message } = await askIn(make());
  await run.write('In the beginning. ');
  await rig.controls.waitFor(({ id, content }) => id === message && content.includes('In the'));
  rig.controls.advanceClock(16 * 60_000);
  await run.answered('In the beginning. The end of it.');
  await run.end('In the beginning. The end of it.');
  const direct = await rig.controls.waitFor(
    ({ channelId, content }) => channelId === rig.controls.openDm('Dev') && content.includes(run.id),
  );
  expect(direct.content).toContain('In the beginning. The end of it.');
  const lead = rig.controls.messages('@Dev').findLast(({ content }) => content.includes('I could not answer in'));
  expect(lead?.content).toContain('15 minutes');
});

test('while the token still lives, what stands there says that the answer goes on elsewhere', async () => {
  await rig.stop();
  const again = await startRig({ playground: { rateLimits: false }, overrides: { tokenLifeMs: 400 } });
  await using other = again;
  const channel = other.controls.addGroup(['Dev', 'Max']);
  const used = other.controls.command({ channel, author: 'Dev', name: 'ask', options: { question: 'what?' } });
  const { message } = await used.outcome();
  const run = await other.work(used.id);
  await run.write('In the beginning. ');
  await other.controls.waitFor(
    ({ id, content }) => id === message?.id && content.includes('I go on by direct message'),
  );
  expect(other.controls.message(message?.id ?? '').components).toEqual([]);
  await run.end('The end of it.');
  await other.controls.waitFor(({ content, channelId }) => {
    return channelId === other.controls.openDm('Dev') && content.includes('The end of it.');
  });
  await rig.start();
});

test('people in a group do not share their conversations', async () => {
  const channel = rig.controls.addGroup(['Dev', 'Max', 'Olga']);
  const first = await askIn(channel, 'mine');
  const second = await askIn(channel, 'and mine', 'Max');
  expect(first.run.request.conversation).not.toBe(second.run.request.conversation);
  await first.run.end('One.');
  await second.run.end('Two.');
  const pair = rig.controls.addGroup(['Dev', 'Max']);
  const [one, two] = [await askIn(pair, 'mine'), await askIn(pair, 'and mine', 'Max')];
  expect(one.run.request.conversation).not.toBe(two.run.request.conversation);
  await one.run.end('One.');
  await two.run.end('Two.');
});

function threadOf(name: string): string {
  return rig.controls.startThread({ channel: 'general', author: 'Ada', name });
}

async function beginIn(thread: string) {
  const asked = rig.ask('what?', { channel: thread });
  const run = await rig.work(asked.id);
  await run.write('First words here. ');
  const shown = await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
  return { asked, run, shown };
}

async function endOf(message: ShownMessage): Promise<string> {
  const { content } = await rig.controls.waitFor(({ id, content: text }) => id === message.id && !text.includes('⚪'));
  return content;
}

test('a thread that is archived while an answer is on its way is opened again', async () => {
  const thread = threadOf('archived');
  const { run, shown, asked } = await beginIn(thread);
  rig.controls.updateThread(thread, { archived: true });
  await run.end('First words here. And last.');
  expect(await endOf(shown)).toContain('First words here. And last.');
  await rig.controls.waitFor(({ id, reactions }) => id === asked.id && reactions.some(({ emoji }) => emoji === '✅'));
});

test('a locked thread: it goes on by direct message, and the rest is finished when the thread is open again', async () => {
  const thread = threadOf('locked');
  const { run, shown, asked } = await beginIn(thread);
  rig.controls.updateThread(thread, { archived: true, locked: true });
  await run.end('First words here. And last.');
  await settled(run);
  const direct = rig.controls.messages('@Ada').map(({ content }) => content);
  expect(direct.at(-2)).toMatch(/I could not answer in <#\d+>: .*(locked|archived)/);
  expect(direct.at(-1)).toContain('First words here. And last.');
  rig.controls.updateThread(thread, { archived: false, locked: false });
  expect(await endOf(shown)).toContain('I go on by direct message');
  expect(rig.controls.message(shown.id).components).toEqual([]);
  await rig.controls.waitFor(({ id, reactions }) => {
    return id === asked.id && reactions.length === 1 && reactions[0]?.emoji === '✅';
  });
});

test('a locked thread, and the person takes no direct messages: it is answered when the thread is open again', async () => {
  rig.controls.addPerson({ name: 'Closed' });
  rig.controls.setDmsClosed('Closed', true);
  const thread = threadOf('locked and closed');
  const asked = rig.ask('what?', { channel: thread, author: 'Closed' });
  const run = await rig.work(asked.id);
  await run.write('First words here. ');
  const shown = await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
  rig.controls.updateThread(thread, { locked: true });
  await run.end('First words here. And last.');
  await settled(run);
  expect((await readRun(rig.redis, run.id))?.undeliverable).toBeDefined();
  rig.controls.updateThread(thread, { locked: false });
  expect(await endOf(shown)).toContain('First words here. And last.');
  await settled(run);
  expect((await readRun(rig.redis, run.id))?.undeliverable).toBeUndefined();
});

test('in a locked thread a question is not taken, and the person is told why', async () => {
  const thread = threadOf('locked from the start');
  rig.controls.joinThread(thread, 'Dragoman');
  rig.controls.updateThread(thread, { locked: true });
  rig.ask('hello?', { channel: thread });
  const told = await rig.controls.waitFor(({ content }) => content.includes(`<#${thread}>`));
  expect(told.channelId).toBe(rig.controls.openDm('Ada'));
  expect(told.content).toContain('The thread is locked.');
});

test('AutoMod stops an answer, at once or while it grows: words say so, and Retry is offered', async () => {
  rig.controls.block({ text: 'forbidden fruit' });
  const at = rig.ask('at once?');
  const first = await rig.work(at.id);
  await first.end('It is forbidden fruit.');
  await settled(first);
  const shown = rig.controls.messages('general').find(({ replyTo }) => replyTo === at.id);
  expect(shown?.content).toContain('AutoMod of this server does not let my answer stand');
  expect(JSON.stringify(shown?.components)).toContain('Retry');
  const { run, shown: growing } = await beginIn('general');
  await run.answered('First words here. Then forbidden fruit.');
  await run.end('First words here. Then forbidden fruit.');
  await settled(run);
  expect(await endOf(growing)).toContain('AutoMod of this server does not let my answer stand');
  rig.controls.unblock();
  rig.controls.block({ text: 'https://bad.invalid', kind: 'link' });
  const link = rig.ask('a link?');
  const second = await rig.work(link.id);
  await second.end('See https://bad.invalid/x');
  await rig.controls.waitFor(({ replyTo, content }) => replyTo === link.id && content.includes('holds a link'));
});

test('without Read Message History an answer comes without a reference', async () => {
  const channel = rig.controls.addChannel({ name: 'no-history' });
  rig.controls.permit(channel, 'Dragoman', { deny: ['READ_MESSAGE_HISTORY'] });
  const asked = rig.ask('what?', { channel, author: 'Max' });
  const run = await rig.work(asked.id);
  await run.end('Here it is.');
  await settled(run);
  const shown = rig.controls.messages(channel).filter(({ author }) => author.bot);
  expect(shown.map(({ content, replyTo }) => [content.includes('Here it is.'), replyTo])).toEqual([[true, undefined]]);
  expect(refused(channel)).toEqual([]);
});

test.each([
  ['Attach Files', 'ATTACH_FILES'],
  ['Embed Links', 'EMBED_LINKS'],
] as const)('without %s the answer is plainer, and not lost', async (_, permission) => {
  const channel = rig.controls.addChannel({ name: `plainer-${permission.toLowerCase()}` });
  rig.controls.permit(channel, 'Dragoman', { deny: [permission] });
  await rig.stop();
  await rig.start({ DISCORD_CHANNEL_DISPLAY: `${channel}=embeds` });
  const rows = Array.from({ length: 40 }, (__, at) => `| ${at} | name ${at} | ${'wide '.repeat(12)} |`).join('\n');
  const text = `A table:\n\n| id | name | text |\n| --- | --- | --- |\n${rows}\n\nDone.`;
  const asked = rig.ask('what?', { channel, author: 'Max' });
  const run = await rig.work(asked.id);
  await run.answered(text);
  await run.end(text);
  await settled(run);
  const shown = rig.controls.messages(channel).filter(({ author }) => author.bot);
  const words = shown.map(({ content, embeds }) => content + JSON.stringify(embeds)).join('\n');
  expect(words).toContain('Done.');
  const csv = shown.some(({ attachments }) => attachments.length > 0);
  expect(csv || words.includes('name 39')).toBe(true);
  expect(refused(channel)).toEqual([]);
  await rig.stop();
  await rig.start();
});

test('embeds that Discord leaves out without a word come as text', async () => {
  const channel = rig.controls.addChannel({ name: 'late-embeds' });
  await rig.stop();
  await rig.start({ DISCORD_CHANNEL_DISPLAY: `${channel}=embeds` });
  const asked = rig.ask('what?', { channel, author: 'Max' });
  const run = await rig.work(asked.id);
  // The bot hears of the change too late.
  rig.controls.injectEvent({ kind: 'drop', t: 'CHANNEL_UPDATE' });
  rig.controls.permit(channel, 'Dragoman', { deny: ['EMBED_LINKS'] });
  await run.end('In plain words.');
  await settled(run);
  const shown = rig.controls.messages(channel).filter(({ author }) => author.bot);
  expect(shown.map(({ content }) => content).join()).toContain('In plain words.');
  await rig.stop();
  await rig.start();
});
