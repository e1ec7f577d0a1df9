import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { publishModels } from '#shared/run/known-models.ts';
import { changeSettings, settingsOf } from '#shared/settings/change-settings.ts';
import type { OptionValue } from '#services/playground/controls/command-data.ts';
import { demoIds } from '#services/playground/state/demo.ts';
import { startRig, type Rig } from './rig.ts';

const policy = `
version: 1
roles:
  member: { allow: ["*"], models: [default, big, small] }
  insider: { allow: ["*"] }
members: { everyone: [member], terminal: [], discord_roles: { operator: [insider] } }
`;

// Ada manages the demo server; Max manages nothing; Mod, made here, may manage channels.
let rig: Rig;
const operator = { kind: 'terminal' as const, id: 'root', name: 'root' };
const guild = () => rig.playground.guildId;
const server = () => settingsOf(rig.redis, `server:${guild()}`);
const channel = () => settingsOf(rig.redis, `channel:${rig.playground.channels.general}`);

beforeAll(async () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'policy-')), 'policy.yaml');
  writeFileSync(file, policy);
  rig = await startRig({ playground: { rateLimits: false }, environment: { POLICY_FILE: file } });
  rig.controls.addRole({ name: 'channels', permissions: ['MANAGE_CHANNELS'] });
  rig.controls.addPerson({ name: 'Mod', roles: ['channels'] });
  await publishModels(rig.redis, { default: 'default', names: ['default', 'big', 'small', 'secret'] });
});
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(async () => {
  const stored = await rig.redis.keys(keys.settings('*'));
  if (stored.length > 0) await rig.redis.del(...stored);
});

interface Use {
  author?: string;
  subcommand?: string;
  options?: Record<string, OptionValue>;
  channel?: string;
}

function use(name: string, { author = 'Ada', channel: where = 'general', ...rest }: Use = {}) {
  return rig.controls.command({ name, author, channel: where, ...rest });
}

/** What the person reads; texts of a layout as well. */
async function answer(name: string, how: Use = {}): Promise<string> {
  const { message, modal } = await use(name, how).outcome();
  if (message) expect(message.visibleTo).toBeDefined();
  return [message?.content ?? '', ...textsOf(message?.components ?? []), ...(modal ? ['(a form)'] : [])]
    .join('\n')
    .trim();
}

function textsOf(components: Record<string, unknown>[]): string[] {
  return components.flatMap(({ content }) => (typeof content === 'string' ? [content] : []));
}

test('a prompt is set, seen, replaced in a form, restored and reset, by those who may', async () => {
  expect(await answer('prompt', { author: 'Max', subcommand: 'set', options: { text: 'Mine!' } })).toMatch(
    /^Only people who may manage this channel \(\*Manage Channels\*\)/,
  );
  const forServer = { text: 'Be kind to {person}.', for: 'server' };
  expect(await answer('prompt', { author: 'Mod', subcommand: 'set', options: forServer })).toMatch(/\*Manage Server\*/);
  expect(await answer('prompt', { author: 'Mod', subcommand: 'set', options: { text: 'Speak of ships.' } })).toMatch(
    /^Set for this channel, 15 characters/,
  );
  expect(await answer('prompt', { subcommand: 'set', options: forServer })).toMatch(/^Set for this server/);
  const mine = { text: 'I am new.', for: 'me' };
  expect(await answer('prompt', { author: 'Max', subcommand: 'set', options: mine })).toMatch(/^Set for you/);
  const seen = await answer('prompt', { author: 'Max', subcommand: 'view' });
  expect(seen).toContain('**For this channel**: set; those who may change it can see it');
  expect(seen).toContain('I am new.');
  expect(await answer('viewprompt')).toContain('Be kind to {person}.');

  const opened = use('prompt', { subcommand: 'set' });
  const { modal } = await opened.outcome();
  expect(JSON.stringify(modal)).toContain('Speak of ships.');
  const sent = rig.controls.submitModal({ interaction: opened.id, values: { text: 'Speak of {boats}.' } });
  const refused = (await sent.outcome()).message;
  expect(textsOf(refused?.components ?? []).join()).toMatch(
    /I know no variable {boats}: .*Nothing was changed.*\n```\nSpeak of {boats}/s,
  );
  const again = rig.controls.submitModal({ interaction: opened.id, values: { text: 'Speak of boats.' } });
  expect((await again.outcome()).message?.content).toMatch(/^Set for this channel/);
  const stranger = rig.controls.submitModal({ interaction: opened.id, author: 'Max', values: { text: 'Mine!' } });
  expect((await stranger.outcome()).message?.content).toMatch(/^Only people who may manage this channel/);
  expect(await channel()).toEqual({ prompt: 'Speak of boats.' });

  const history = await answer('prompt', { subcommand: 'history' });
  expect(history).toMatch(/1\. <t:\d+:R> Ada: 15 characters `Speak of boats\.`\n2\. <t:\d+:R> Mod: 15 characters/);
  await answer('prompt', { subcommand: 'history', options: { restore: 2 } });
  expect(await channel()).toEqual({ prompt: 'Speak of ships.' });
  expect(await answer('resetprompt')).toMatch(/^The prompt for this channel is gone/);
  expect(await answer('resetprompt')).toBe('There is no prompt for this channel.');
  expect(await channel()).toEqual({});
});

test('in a direct message, what counts here is the person’s own', async () => {
  const dm = rig.controls.openDm('Max');
  expect(await answer('setprompt', { author: 'Max', channel: dm, options: { text: 'Whisper.' } })).toMatch(
    /^Set for this conversation/,
  );
  const run = await rig.work(rig.say({ channel: dm, author: 'Max', content: 'Psst?' }).id);
  expect(run.request.prompt).toEqual({ layers: [{ of: 'channel', text: 'Whisper.' }] });
  await run.end('Psst.');
  const options = { text: 'x', for: 'server' };
  expect(await answer('setprompt', { author: 'Max', channel: dm, options })).toBe('There is no server here.');
});

test('personas are saved by those who manage the server, and used where one may', async () => {
  const save = (author: string, text = 'You are a pirate.') =>
    answer('persona', { author, subcommand: 'save', options: { name: 'Pirate', text } });
  expect(await save('Mod')).toMatch(/\*Manage Server\*/);
  expect(await save('Ada', 'Hello {nobody}')).toContain('I know no variable {nobody}');
  expect(await save('Ada')).toMatch(/^Saved \*\*pirate\*\*/);
  expect(await answer('persona', { author: 'Max', subcommand: 'use', options: { name: 'pirate' } })).toMatch(/^Only/);
  expect(await answer('persona', { subcommand: 'use', options: { name: 'parrot' } })).toBe(
    'There is no persona parrot here. There are: pirate.',
  );
  expect(await answer('persona', { author: 'Mod', subcommand: 'use', options: { name: 'pirate' } })).toBe(
    'From the next question on I answer as **pirate**, for this channel.',
  );
  expect(await answer('persona', { author: 'Max', subcommand: 'list' })).toContain('◉ **pirate** `You are a pirate.`');
  const first = await rig.work(rig.ask('Ahoy?', { author: 'Max' }).id);
  expect(first.request.prompt?.layers).toEqual([{ of: 'persona', text: 'You are a pirate.' }]);
  await first.end('Arr.');
  const suggested = await rig.controls.autocomplete({
    channel: 'general',
    author: 'Max',
    name: 'persona',
    subcommand: 'use',
    options: { name: '' },
    focused: 'name',
  });
  expect(suggested.map(({ name }) => name)).toEqual(['◉ pirate', '○ none']);
  const opened = use('persona', { subcommand: 'save', options: { name: 'pirate' } });
  expect(JSON.stringify((await opened.outcome()).modal)).toContain('You are a pirate.');
  await rig.controls.submitModal({ interaction: opened.id, values: { text: 'You are a captain.' } }).outcome();
  expect(await answer('persona', { subcommand: 'list' })).toContain('captain');
  expect(await answer('persona', { subcommand: 'delete', options: { name: 'pirate' } })).toMatch(/is gone/);
  const second = await rig.work(rig.ask('Ahoy?', { author: 'Max' }).id);
  expect(second.request.prompt?.layers).toEqual([]);
  await second.end('Hello.');
});

test('a model is chosen for a channel, for oneself, or once, among those that one’s roles may use', async () => {
  const suggested = async (author: string, typed = '') =>
    (
      await rig.controls.autocomplete({
        channel: 'general',
        author,
        name: 'model',
        options: { model: typed },
        focused: 'model',
      })
    ).map(({ name }) => name);
  expect(await suggested('Ada')).toEqual(['◉ default', '○ big', '○ small', '○ reset']);
  expect(await answer('model', { author: 'Max', options: { model: 'big' } })).toMatch(/^Only people/);
  expect(await answer('model', { options: { model: 'huge' } })).toMatch(/^You cannot use `huge` here\. .*`small`/);
  expect(await answer('model', { options: { model: 'big' } })).toMatch(/^`big` answers .*for this channel\./);
  expect(await answer('model', { author: 'Max', options: { model: 'small', for: 'me' } })).toMatch(/for you\.$/);
  expect(await suggested('Max', 'al')).toEqual(['◉ small']);
  expect(await answer('model', { author: 'Max' })).toMatch(
    /^◉ `small` answers you here: your own choice\.\n○ `default`/,
  );
  const asked = async (author: string) => {
    const run = await rig.work(rig.ask('Which?', { author }).id);
    await run.end('This one.');
    return run.request.model;
  };
  expect(await asked('Dev')).toBe('big');
  await answer('model', { author: 'Max', options: { model: 'default', once: true } });
  expect(await asked('Max')).toBe('default');
  expect(await asked('Max')).toBe('small');
  await answer('model', { author: 'Max', options: { model: 'reset', for: 'me' } });
  expect(await asked('Max')).toBe('big');
  const secret = { model: 'secret', for: 'me' };
  expect(await answer('model', { author: 'Max', options: secret })).toMatch(/^You cannot use `secret` here/);
  expect(await answer('model', { author: 'Olga', options: secret })).toMatch(/^`secret` answers/);
  await changeSettings(rig.redis, `channel:${rig.playground.channels.general}`, { model: 'secret' }, operator);
  expect(await asked('Max')).toBeUndefined();
  expect(await asked('Olga')).toBe('secret');
});

test('/setup shows and changes what the server has chosen, in one view', async () => {
  expect(await answer('setup', { author: 'Mod' })).toMatch(/^Only people who may manage this server/);
  expect(await answer('setup', { author: 'Ada', channel: rig.controls.openDm('Ada') })).toBe(
    'There is no server here.',
  );
  const { message } = await use('setup').outcome();
  const id = message?.id ?? '';
  expect(textsOf(message?.components ?? []).join('\n')).toMatch(/Dragoman Demo[^]*channels in which I answer/);
  const choose = (setting: string, values: string[], author = 'Ada') =>
    rig.controls.select({ message: id, author, customId: `setup:${setting}`, values }).outcome();
  expect((await choose('progress', ['all'])).answeredWith).toBe(7);
  await choose('footer', ['off']);
  await choose('model', ['small']);
  const { channels, people } = rig.playground;
  await choose('channels', [channels.general, channels.data]);
  await choose('logChannel', [channels.ops]);
  await choose('approvers', [demoIds.roles.developer, people.Max]);
  expect(await server()).toEqual({
    approvers: [demoIds.roles.developer, people.Max],
    progress: 'all',
    footer: 'off',
    model: 'small',
    channels: [channels.general, channels.data],
    logChannel: channels.ops,
  });
  await rig.controls.waitFor(({ channelId, content }) => channelId === channels.ops && content.includes('approvers'));
  const shown = await use('setup').outcome();
  expect(JSON.stringify(shown.message?.components)).toContain('"label":"small","value":"small","default":true');
  await choose('footer', ['-']);
  await choose('channels', []);
  expect(Object.keys(await server()).toSorted()).toEqual(['approvers', 'logChannel', 'model', 'progress']);
  const file = (await use('setup', { options: { export: true } }).outcome()).message?.attachments[0];
  const saved = (await (await fetch(file?.url ?? '')).json()) as { settings: Record<string, object> };
  expect(saved.settings[`server:${guild()}`]).toMatchObject({ model: 'small', progress: 'all' });
});

test('who the server names as approver may decide for others', async () => {
  await changeSettings(rig.redis, `server:${guild()}`, { approvers: [rig.playground.people.Dev] }, operator);
  const run = await rig.work(rig.ask('Write it.', { author: 'Max' }).id);
  await run.append({
    type: 'approval.requested',
    approval: 'a1',
    step: 0,
    call: 0,
    tool: 'current_time',
    arguments: '{}',
    argumentsHash: 'h',
    kind: 'policy',
    expiresAt: Date.now() + 600_000,
  });
  const card = await rig.controls.waitFor(({ components }) => JSON.stringify(components).includes(`decide:${run.id}`));
  const press = async (author: string) =>
    (await rig.controls.click({ message: card.id, author, label: 'Allow once' }).outcome()).message?.content ?? '';
  expect(await press('Guest')).toContain('an approver can decide this');
  expect(await press('Dev')).not.toContain('an approver');
});

test('Retry of an answer of a model that the asker may not use any more asks the default', async () => {
  await changeSettings(rig.redis, `person:discord:${rig.playground.people.Max}`, { model: 'big' }, operator);
  const asked = rig.ask('which model?', { author: 'Max' });
  const run = await rig.work(asked.id);
  expect(run.request.model).toBe('big');
  await run.end('The big one.');
  const { id } = await rig.controls.waitFor(
    ({ replyTo, components }) => replyTo === asked.id && JSON.stringify(components).includes('"retry:'),
  );
  // As if it had been asked when the policy still had that model for everybody.
  const record = JSON.parse((await rig.redis.hget(keys.run(run.id), 'request')) ?? '') as object;
  await rig.redis.hset(keys.run(run.id), 'request', JSON.stringify({ ...record, model: 'secret' }));
  await rig.controls.click({ message: id, author: 'Max', label: 'Retry' }).outcome();
  const again = (await rig.requests()).find(({ replayOf }) => replayOf === run.id);
  expect(again?.text).toContain('which model?');
  expect(again?.model).toBeUndefined();
});
