import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeSettings } from '#shared/settings/change-settings.ts';
import { commands } from '#services/ingress/commands/catalogue.ts';
import { registerCommands } from '#services/ingress/commands/register.ts';
import type { DiscordApi } from '#services/ingress/discord/api.ts';
import { stopOf } from './played-worker.ts';
import { startRig, until, type Rig } from './rig.ts';

let rig: Rig;
const caller = { kind: 'discord' as const, id: '1', name: 'Ada' };

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false } });
});

afterAll(() => rig[Symbol.asyncDispose]());

test('/ask is deferred at once, its answer takes the place of "is thinking"', async () => {
  const used = rig.controls.command({
    channel: 'data',
    author: 'Dev',
    name: 'ask',
    options: { question: 'how many?' },
  });
  const outcome = await used.outcome();
  expect(outcome).toMatchObject({ answeredWith: 5, message: { loading: true } });
  const run = await rig.work(used.id);
  expect(run.request).toMatchObject({ text: 'how many?', caller: { id: rig.playground.people.Dev } });
  expect(run.request.caller.discordRoles).toContain('developer');
  await run.write('Counting them now. ');
  await rig.controls.waitFor(({ id, loading }) => id === outcome.message?.id && !loading);
  const text = Array.from({ length: 40 }, (_, index) => `Line ${index} ${'word '.repeat(20)}`).join('\n\n');
  await run.answered(text);
  await run.end(text);
  const second = await rig.controls.waitFor(({ replyTo }) => replyTo === outcome.message?.id);
  expect(second.author.bot).toBe(true);
  await rig.controls.waitFor(({ content, channelId }) => channelId === second.channelId && content.includes('Line 39'));
});

test('an answer that comes after the token has died is posted in the channel', async () => {
  const used = rig.controls.command({ channel: 'data', author: 'Dev', name: 'ask', options: { question: 'late?' } });
  await used.outcome();
  await rig.stop();
  const run = await rig.work(used.id);
  await run.end('Better late than never.');
  rig.controls.advanceClock(16 * 60_000);
  await rig.start();
  const answer = await rig.controls.waitFor(({ content }) => content.includes('Better late than never.'));
  expect(answer.channelId).toBe(rig.playground.channels.data);
});

test('an answer that is there before "is thinking" waits for it, and nothing goes on thinking', async () => {
  const channel = rig.controls.addChannel({ name: 'hasty' });
  for (const fault of [{ status: 500 }, { status: 429, retryAfter: 1 }, { delayMs: 1_000, late: true }]) {
    rig.controls.inject({ route: 'POST /interactions/*/*/callback', ...fault });
    const used = rig.controls.command({ channel, author: 'Dev', name: 'ask', options: { question: 'quick?' } });
    await (await rig.work(used.id)).end(`At once, ${used.id}.`);
    const { id } = await rig.controls.waitFor(({ content }) => content.includes(`At once, ${used.id}.`));
    expect((await used.outcome()).message?.id).toBe(id);
  }
  expect(rig.controls.messages(channel)).toHaveLength(3);
});

test('the context menu asks about a message, with its author named', async () => {
  const target = rig.controls.say({ channel: 'general', author: 'Ada', content: 'The cache is cold.' });
  const used = rig.controls.command({ channel: 'general', author: 'Dev', name: 'Ask Dragoman', target: target.id });
  expect((await used.outcome()).answeredWith).toBe(5);
  const { request } = await rig.work(used.id);
  expect(request.text).toContain('message of Ada:\n\nThe cache is cold.');
});

test('/stop ends the person’s own questions in this channel; of others only for moderators', async () => {
  const mine = await rig.work(rig.ask('mine', { author: 'Max' }).id);
  const elsewhere = await rig.work(rig.ask('elsewhere', { author: 'Max', channel: 'data' }).id);
  const stop = async (author: string, person?: string) => {
    const options = person === undefined ? {} : { person };
    const used = rig.controls.command({ channel: 'general', author, name: 'stop', options });
    return (await used.outcome()).message?.content;
  };
  expect(await stop('Dev', 'Max')).toContain('Only moderators');
  expect(await stop('Olga')).toContain('nothing to stop');
  expect(await stop('Max')).toBe('Stopping one question.');
  expect(await stopOf(rig.redis, mine.id)).toBe('Max');
  expect(await stopOf(rig.redis, elsewhere.id)).toBeUndefined();
  const theirs = await rig.work(rig.ask('theirs', { author: 'Guest' }).id);
  expect(await stop('Ada', 'Guest')).toBe('Stopping one question.');
  expect(await stopOf(rig.redis, theirs.id)).toBe('Ada');
});

test('/why and its context menu tell what became of a message', async () => {
  const ignored = rig.controls.say({ channel: 'general', author: 'Max', content: 'lunch?' });
  const menu = rig.controls.command({ channel: 'general', author: 'Dev', name: 'Why no answer?', target: ignored.id });
  expect((await menu.outcome()).message).toMatchObject({ visibleTo: rig.playground.people.Dev });
  expect((await menu.outcome()).message?.content).toContain('`not-addressed`');
  const asked = rig.ask('lunch?', { author: 'Max' });
  const run = await rig.work(asked.id);
  await run.end('The kitchen is closed.', { outcome: 'failed', reason: 'closed' });
  await rig.controls.waitFor(({ replyTo, content }) => replyTo === asked.id && content.includes('closed'));
  const latest = rig.controls.command({ channel: 'general', author: 'Max', name: 'why' });
  const text = (await latest.outcome()).message?.content ?? '';
  expect(text).toContain(run.id);
  expect(text).toContain('failed');
  expect(text).toContain('The kitchen is closed.');
});

test('people are spoken to in their language, channels in that of a community’s server, as far as nobody has set another', async () => {
  const ask = async (name: string) =>
    (await rig.controls.command({ channel: 'general', author: 'Olga', name }).outcome()).message?.content;
  rig.controls.setLocale({ person: 'Olga' }, 'ja');
  expect(await ask('help')).toContain('何でも聞いてください');
  expect(await ask('stop')).toBe('このチャンネルに止めるものはありません。');
  await changeSettings(rig.redis, `person:discord:${rig.playground.people.Olga}`, { language: 'fr' }, caller);
  expect(await ask('stop')).toBe('Il n’y a rien à arrêter dans ce salon.');
  const french = {
    context: '**Cette conversation**',
    undo: 'Il n’y a dans cette conversation aucune question',
    retry: 'Je ne connais aucune question',
    usage: 'rien encore',
    whoami: 'membre ici',
    busy: 'Pendant que je travaille',
    model: 'vous répond ici',
    prompt: 'Rien n’est réglé ici',
    persona: 'Ce serveur n’a pas encore de personas',
    setup: 'Seules les personnes qui peuvent gérer ce serveur',
    approve: 'Rien n’attend une décision',
    forget: 'Ceci oublie, partout et pour de bon',
    tools: 'Aucun worker n’a encore dit',
  };
  for (const [name, words] of Object.entries(french)) {
    const subcommand = { prompt: 'view', persona: 'list', forget: 'me' }[name];
    const used = rig.controls.command({ channel: 'data', author: 'Olga', name, ...(subcommand && { subcommand }) });
    const { message } = await used.outcome();
    expect([message?.content, JSON.stringify(message?.components)].join(), name).toContain(words);
  }
  rig.controls.setLocale({ guild: 'Dragoman Demo' }, 'es-ES');
  const failing = async (text: string) => {
    const asked = rig.ask(text, { author: 'Olga' });
    await (
      await rig.work(asked.id)
    ).end('The time for this question is over. No tool had been used.', { outcome: 'failed' });
    return (await rig.controls.waitFor(({ replyTo, content }) => replyTo === asked.id && content.includes('❌')))
      .content;
  };
  expect(await failing('late?')).toContain(
    'El tiempo de esta pregunta se acabó. No se había usado ninguna herramienta.',
  );
  await changeSettings(rig.redis, `server:${rig.playground.guildId}`, { language: 'pt' }, caller);
  expect(await failing('late again?')).toContain('O tempo desta pergunta acabou.');
  await changeSettings(rig.redis, `server:${rig.playground.guildId}`, { language: 'en' }, caller);
  await changeSettings(rig.redis, `person:discord:${rig.playground.people.Olga}`, { language: 'en' }, caller);
});

test('/help tells how to ask', async () => {
  const used = rig.controls.command({ channel: 'general', author: 'Guest', name: 'help' });
  const help = (await used.outcome()).message?.content;
  const docs = readFileSync(path.resolve(import.meta.dirname, '../../docs/discord.md'), 'utf8');
  for (const { definition } of commands) {
    // Nobody can type the name of a context menu.
    expect(docs).toContain(definition.type === 1 ? `\`/${definition.name}\`` : `*${definition.name}*`);
    if (definition.type === 1) expect(help).toContain(`\`/${definition.name}\``);
  }
});

test('commands are registered by difference, by one instance at a time', async () => {
  rig.controls.clearRequests();
  await rig.stop();
  await rig.start();
  const isWrite = ({ method, path }: { method: string; path: string }) =>
    method !== 'GET' && path.includes('/commands');
  await until('the list was read', () => rig.controls.requests().some(({ path }) => path.includes('/commands')));
  await until('the lock is free', async () => (await rig.redis.exists('{dragoman}:discord:commands-lock')) === 0);
  expect(rig.controls.requests().filter(isWrite)).toEqual([]);
  await rig.redis.set('{dragoman}:discord:commands-lock', 'another instance');
  const never = new Proxy({} as DiscordApi, {
    get() {
      throw new Error('Discord was asked');
    },
  });
  expect(await registerCommands(never, rig.redis, 'app', [])).toBeUndefined();
  await rig.redis.del('{dragoman}:discord:commands-lock');
});
