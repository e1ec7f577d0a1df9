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
});
