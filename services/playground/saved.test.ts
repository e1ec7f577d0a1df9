import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageFlags, type ChatInputCommandInteraction } from 'discord.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startPlayground } from './start.ts';
import { nextEvent, startTestBot } from './testing/bot.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'playground-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = () => startPlayground({ rateLimits: false, dataFolder: folder, token: 'the-same-token' });

test('messages, files, people, roles, threads and direct messages outlive it; what one person saw does not', async () => {
  const before = await start();
  const bot = await startTestBot(before);
  await bot.client.application.commands.set([{ name: 'ask', description: 'Ask' }]);
  const eve = before.controls.addPerson({ name: 'Eve', roles: ['member'] });
  const attachments = [{ filename: 'a.csv', bytes: 'x,y\n1,2\n' }];
  const said = before.controls.say({ channel: 'general', author: eve, content: 'with a file', attachments });
  before.controls.react(said.id, 'Max', '👍');
  const thread = before.controls.startThread({ channel: 'general', author: 'Ada', name: 'Talk', messageId: said.id });
  before.controls.say({ channel: thread, author: 'Ada', content: 'in the thread' });
  before.controls.say({ channel: '@Dev', author: 'Dev', content: 'just us' });
  const heard = nextEvent<ChatInputCommandInteraction>(bot.client, 'interactionCreate');
  before.controls.command({ channel: 'general', author: 'Ada', name: 'ask' });
  await (await heard).reply({ content: 'secret', flags: MessageFlags.Ephemeral });
  await bot[Symbol.asyncDispose]();
  await before[Symbol.asyncDispose]();

  await using after = await start();
  await using again = await startTestBot(after);
  const found = after.controls.message(said.id);
  expect(found).toMatchObject({ content: 'with a file', author: { name: 'Eve' }, threadId: thread });
  expect(found.reactions).toEqual([{ emoji: '👍', users: [after.people.Max] }]);
  expect(await (await fetch(found.attachments[0]?.url ?? '')).text()).toBe('x,y\n1,2\n');
  expect(after.controls.messages(thread).at(-1)?.content).toBe('in the thread');
  expect(after.controls.messages('@Dev', 'Dev').map(({ content }) => content)).toEqual(['just us']);
  expect(after.controls.messages('general', 'Ada').some(({ content }) => content === 'secret')).toBe(false);
  expect((await again.channel('general').messages.fetch(said.id)).content).toBe('with a file');
  const newer = after.controls.say({ channel: 'general', author: eve, content: 'and on' });
  expect(BigInt(newer.id)).toBeGreaterThan(BigInt(said.id));
});

test('a change is on disk before long, whole, and for its owner only', async () => {
  await using playground = await start();
  playground.controls.say({ channel: 'general', author: 'Ada', content: 'remember me' });
  const file = join(folder, 'world.json');
  await expect.poll(() => readFile(file, 'utf8').catch(() => ''), { timeout: 30_000 }).toContain('remember me');
  expect((await stat(file)).mode & 0o077).toBe(0);
  expect(await readFile(file, 'utf8')).not.toContain('the-same-token');
});

test('a folder that cannot be read is named, with what to do', async () => {
  await writeFile(join(folder, 'world.json'), '{"version": 99}');
  await expect(start()).rejects.toThrow(/PLAYGROUND_DATA: .*version 99.*Move it away, or name another folder/);
  await writeFile(join(folder, 'world.json'), 'broken');
  await expect(start()).rejects.toThrow(/PLAYGROUND_DATA: .*cannot be read/);
});
