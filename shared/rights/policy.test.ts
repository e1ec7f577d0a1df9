import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError } from '#shared/ground/config.ts';
import { parsePolicy, watchPolicy } from './policy.ts';
import type { Caller } from '#shared/run/request.ts';

const text = `
version: 1
roles:
  reader: { allow: ["read_*", "list_*"] }
  writer: { allow: ["write_*"], approve: [write_file] }
  barred: { deny: ["*"] }
  data: { allow: ["postgres_*"], channels: ["7"] }
members:
  everyone: [reader]
  terminal: [reader, writer]
  discord_roles: { "100": [writer], Data: [data] }
  discord_users: { "666": [barred] }
  api_keys: { ci: [reader] }
`;

function discord(id: string, roles: string[] = [], channel = '1'): Caller {
  return { kind: 'discord', id, name: id, discordRoles: roles, channel };
}

const policy = parsePolicy(text);

test.each([
  ['everyone may read', discord('1'), 'read_file', 'allow'],
  ['what no role names is denied', discord('1'), 'write_file', 'deny'],
  ['a Discord role grants more', discord('1', ['100']), 'write_log', 'allow'],
  ["approve stands over the same role's allow", discord('1', ['100']), 'write_file', 'approve'],
  ['deny wins over every grant', discord('666', ['100']), 'read_file', 'deny'],
  ['a role counts only in its channels', discord('1', ['Data'], '2'), 'postgres_query', 'deny'],
  ['and there it does', discord('1', ['Data'], '7'), 'postgres_query', 'allow'],
  ['a terminal has its own roles', { ...discord('1'), kind: 'terminal' }, 'write_file', 'approve'],
  ['an API key is not a Discord user', { ...discord('1'), kind: 'api' }, 'read_file', 'deny'],
  ['an API key has what is listed for it', { ...discord('ci'), kind: 'api' }, 'read_file', 'allow'],
  ['names of object internals are nobody', discord('1', ['__proto__', 'constructor']), 'write_file', 'deny'],
] as const)('%s', (_name, caller, tool, expected) => {
  expect(policy.permission(caller as Caller, tool)).toBe(expected);
});

test.each([
  [
    'unknown keys',
    'version: 1\nroles:\n  a: { alow: [x] }\nmembers: { everyone: [], terminal: [] }',
    /policy\.yaml:3: roles\.a/,
  ],
  [
    'unknown roles',
    'version: 1\nroles: {}\nmembers:\n  everyone: [ghost]\n  terminal: []',
    /policy\.yaml:4: there is no role ghost/,
  ],
  ['broken YAML', 'version: 1\nroles: [', /policy\.yaml:\d+: /],
  [
    'a list where names belong',
    'version: 1\nroles: []\nmembers: { everyone: [], terminal: [] }',
    /policy\.yaml:2: roles/,
  ],
])('%s are refused with their line', (_name, broken, expected) => {
  expect(() => parsePolicy(broken)).toThrow(ConfigError);
  expect(() => parsePolicy(broken)).toThrow(expected);
});

test('a changed file takes force; a broken one does not', async () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'policy-')), 'policy.yaml');
  writeFileSync(file, text);
  await using source = watchPolicy(file);
  const mayWrite = () => source.current().permission(discord('1'), 'write_log');
  expect(mayWrite()).toBe('deny');
  writeFileSync(file, 'roles: [');
  writeFileSync(`${file}.other`, '');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(mayWrite()).toBe('deny');
  writeFileSync(file, text.replace('everyone: [reader]', 'everyone: [writer]'));
  await expect.poll(mayWrite).toBe('allow');
});

const doors = parsePolicy(`
version: 1
roles:
  member: { models: ["small*"], requests_per_minute: 5 }
  fast: { models: ["gpt-?"], requests_per_minute: 60 }
  any: {}
  none: { models: [] }
  boss: { models: [], operate: true }
  local: { operate: true, models: [], channels: ["7"] }
members:
  everyone: [member]
  terminal: [boss]
  api_keys: { listed: [fast] }
`);

function program(id: string, roles: string[] = []): Caller {
  return { kind: 'api', id, name: id, discordRoles: [], roles };
}

test.each([
  ['has the roles of its key', program('ci', ['member']), ['member']],
  ['has those that the policy lists for its name as well', program('listed', ['member']), ['fast', 'member']],
  ['has no role that the policy lacks', program('ci', ['ghost', '__proto__', 'constructor']), []],
  ['is not everyone', program('ci'), []],
  ['has each role once', program('listed', ['fast', 'fast']), ['fast']],
])('a program %s', (_name, caller, roles) => {
  expect(doors.roles(caller).toSorted()).toEqual(roles);
});

test.each([
  [['member'], 'small-2', true],
  [['member'], 'gpt-5', false],
  [['member', 'fast'], 'gpt-5', true],
  [['any'], 'whatever', true],
  [['none'], 'whatever', false],
  [['none', 'any'], 'whatever', true],
  [[], 'small', false],
] as const)('roles %j may ask for the model %s: %s', (roles, model, may) => {
  expect(doors.mayUseModel(program('ci', [...roles]), model)).toBe(may);
});

test('who operates, and where', () => {
  expect(doors.mayOperate(program('ci', ['member']))).toBe(false);
  expect(doors.mayOperate(program('ci', ['member', 'boss']))).toBe(true);
  expect(doors.mayOperate({ ...program('ada'), kind: 'terminal' })).toBe(true);
  // A role of one channel is no role anywhere else, and a program is in no channel.
  expect(doors.mayOperate(program('ci', ['local']))).toBe(false);
});

test('the largest of all limits counts; without any there is none', () => {
  expect(doors.requestsPerMinute(program('ci', ['member', 'fast', 'any']))).toBe(60);
  expect(doors.requestsPerMinute(program('ci', ['member']))).toBe(5);
  expect(doors.requestsPerMinute(program('ci', ['any']))).toBeUndefined();
  expect(doors.requestsPerMinute(program('ci'))).toBeUndefined();
});

test.each([
  ['requests_per_minute: 0', /roles\.a\.requests_per_minute/],
  ['requests_per_minute: many', /roles\.a\.requests_per_minute/],
  ['operate: 1', /roles\.a\.operate/],
  ['models: small', /roles\.a\.models/],
])('%s is refused', (member, expected) => {
  const broken = `version: 1\nroles:\n  a: { ${member} }\nmembers: { everyone: [], terminal: [] }`;
  expect(() => parsePolicy(broken)).toThrow(expected);
});

test('the policy that comes with Dragoman lets members read and nobody write without a yes', async () => {
  await using source = watchPolicy(path.resolve(import.meta.dirname, '../../mcp/policy.yaml'));
  const shipped = source.current();
  expect(shipped.permission(discord('1'), 'postgres_query')).toBe('allow');
  expect(shipped.permission(discord('1'), 'write_file')).toBe('deny');
  const terminal = { ...discord('1'), kind: 'terminal' } as const;
  expect(shipped.permission(terminal, 'write_file')).toBe('approve');
  expect(shipped.permission(terminal, 'minio_put_object')).toBe('approve');
  // Nobody knows what a server that somebody adds will do.
  expect(shipped.permission(terminal, 'memory__create_entities')).toBe('approve');
  expect(shipped.permission(discord('1'), 'memory__create_entities')).toBe('deny');
  expect([shipped.mayOperate(terminal), shipped.mayOperate(program('ci', ['member']))]).toEqual([true, false]);
});
