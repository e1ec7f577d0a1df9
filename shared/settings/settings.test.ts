import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connectRedis } from '#shared/redis/connect.ts';
import { keys } from '#shared/redis/keys.ts';
import { watchCommands } from '#test/lib/monitor.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import {
  changeSettings,
  forgetSettingsOf,
  parseSetting,
  parseSettingName,
  pastChanges,
  settingsOf,
  settingsOwners,
  storeIn,
} from './change-settings.ts';
import { personasOf } from './owners.ts';
import { readSettings } from './read-settings.ts';
import { ownerOf, scopeOf, type Place } from './scopes.ts';

let server: TestRedis;
let redis: Redis;
const ada = { kind: 'discord' as const, id: '1', name: 'Ada' };
const thread: Place = { guild: 'g', channel: 't', parent: 'c', person: 'discord:1' };

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.url, 'test');
});
beforeEach(() => redis.flushall());
afterAll(async () => {
  redis?.disconnect();
  await server?.[Symbol.asyncDispose]();
});

const set = (scope: Parameters<typeof ownerOf>[0], changes: Parameters<typeof changeSettings>[2]) =>
  changeSettings(redis, ownerOf(scope, thread) ?? '', changes, ada);

test('person before thread before channel before server before the default', async () => {
  const model = async () => {
    const { values, from } = await readSettings(redis, thread, { model: 'default' });
    return [values.model, from.model];
  };
  expect(await model()).toEqual(['default', undefined]);
  for (const scope of ['server', 'channel', 'thread', 'person', 'once'] as const) {
    await set(scope, { model: `of ${scope}` });
    expect(await model()).toEqual([`of ${scope}`, scope]);
  }
  await set('person', { model: undefined });
  await set('once', { model: undefined });
  expect(await model()).toEqual(['of thread', 'thread']);
});

test('other places and people have nothing of it', async () => {
  await set('thread', { model: 'of thread' });
  await set('person', { prompt: 'Call me Countess.' });
  expect((await readSettings(redis, { guild: 'g', channel: 'c', person: 'discord:2' })).layers).toEqual({});
  const direct = await readSettings(redis, { channel: 'd', person: 'discord:1' });
  expect(direct.layers).toEqual({ person: { prompt: 'Call me Countess.' } });
});

test('one command reads them all', async () => {
  await readSettings(redis, thread);
  const commands: string[] = [];
  const monitor = await watchCommands(redis);
  const all = new Promise<void>((resolve) => {
    monitor.on('monitor', (_, [command = '']: string[], source: string) => {
      if (command === 'echo') resolve();
      else if (source !== 'lua') commands.push(command);
    });
  });
  await readSettings(redis, thread);
  await redis.echo('done');
  await all;
  monitor.disconnect();
  expect(commands).toEqual(['evalsha']);
});

test('a persona comes with its text; one that is gone does not', async () => {
  await storeIn(redis, personasOf('g'), [['pirate', 'Arr.']], ada);
  await set('channel', { persona: 'pirate' });
  expect((await readSettings(redis, thread)).persona).toEqual({ name: 'pirate', text: 'Arr.' });
  await set('thread', { persona: 'none' });
  expect((await readSettings(redis, thread)).persona).toBeUndefined();
});

test('changes are remembered and told to the audit log; what is one’s own is told without its value', async () => {
  await set('server', { prompt: 'First.' });
  await set('server', { prompt: 'First.' });
  await set('server', { prompt: undefined });
  await set('person', { prompt: 'Mine.' });
  const past = await pastChanges(redis, 'server:g', 'prompt');
  expect(past.map(({ by, value }) => [by, value])).toEqual([
    ['discord:1 Ada', undefined],
    ['discord:1 Ada', 'First.'],
  ]);
  const rows = await redis.xrange(keys.audit, '-', '+');
  expect(rows.map(([, fields]) => JSON.parse(fields[7] ?? ''))).toEqual([
    { owner: 'server:g', setting: 'prompt', deed: 'set', value: 'First.' },
    { owner: 'server:g', setting: 'prompt', deed: 'reset' },
    { owner: 'person:discord:1', setting: 'prompt', deed: 'set' },
  ]);
  expect(await settingsOwners(redis)).toEqual(['person:discord:1', 'server:g']);
});

test('what is meant for one question goes by itself', async () => {
  await set('once', { model: 'big' });
  const owner = ownerOf('once', thread) ?? '';
  expect(await redis.pttl(keys.settings(owner))).toBeGreaterThan(0);
  expect(await settingsOwners(redis)).toEqual([]);
  expect(await redis.exists(keys.settingsHistory(owner))).toBe(0);
});

test('a person is forgotten with the past of their settings', async () => {
  await set('person', { prompt: 'Mine.' });
  await set('server', { prompt: 'Ours.' });
  const direct = ownerOf('channel', { channel: 'd', person: 'discord:1' }) ?? '';
  await changeSettings(redis, direct, { prompt: 'Whisper.', model: 'm' }, ada);
  await changeSettings(redis, ownerOf('channel', { channel: 'd', person: 'discord:11' }) ?? '', { model: 'm' }, ada);
  expect((await readSettings(redis, { channel: 'd', person: 'discord:1' })).values.prompt).toBe('Mine.');
  expect(await forgetSettingsOf(redis, 'discord:1')).toBe(3);
  expect((await redis.keys('*discord:1')).filter((key) => !key.includes('audit'))).toEqual([]);
  expect((await readSettings(redis, { channel: 'd', person: 'discord:11' })).values).toEqual({ model: 'm' });
  expect(await settingsOf(redis, 'server:g')).toEqual({ prompt: 'Ours.' });
});

test('what another version has stored does no harm', async () => {
  await set('server', { model: 'm' });
  await redis.hset(keys.settings('server:g'), 'later', '1', 'prompt', '{', 'persona', '"x"');
  expect((await readSettings(redis, thread)).values).toEqual({ model: 'm', persona: 'x' });
});

test('what cannot be set is refused with a sentence', () => {
  expect(() => parseSetting('prompt', 'You know {tols}.')).toThrow(/no variable {tols}: there are {date}/);
  expect(() => parseSetting('prompt', 'x'.repeat(4_001))).toThrow('has 4001 characters; at most 4000');
  expect(() => parseSetting('model', '  ')).toThrow('The name of the model is missing.');
  expect(parseSetting('prompt', 'JSON like {"a": {}} and {{date}} stay; {date} is known.')).toContain('{"a"');
  expect(() => parseSettingName('colour')).toThrow('There is no setting colour. There are prompt,');
  expect(scopeOf('person:discord:1')).toBe('person');
  expect(scopeOf('personas:g')).toBeUndefined();
});
