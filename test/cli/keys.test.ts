import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { findApiKey, type ApiKey } from '#shared/rights/api-keys.ts';
import type { AuditRow } from '#shared/audit/log.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { keys } from '#shared/redis/keys.ts';
import { startCliRig, type CliResult, type CliRig } from './cli-rig.ts';

let rig: CliRig;
let redis: Redis;
beforeAll(async () => {
  rig = await startCliRig();
  redis = connectRedis(rig.redisUrl, 'test');
});
afterAll(async () => {
  redis?.disconnect();
  await rig?.[Symbol.asyncDispose]();
});
beforeEach(() => redis.del(keys.apiKeys, keys.apiKeysUsed));

function dragoman(...args: string[]): Promise<CliResult> {
  return rig.run(args, '');
}

async function listed(): Promise<(ApiKey & { state: string })[]> {
  return JSON.parse((await dragoman('keys', 'list', '--json')).stdout);
}

it('shows a new key alone on stdout, this once', async () => {
  const made = await dragoman(
    'keys',
    'create',
    '--role',
    'member',
    '--name',
    'ci',
    '--expires',
    '90d',
    '--models',
    'a,b',
    '--budget',
    '5',
  );
  expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^dgm_[a-z0-9]{8}_[\w-]{43}\n$/) });
  const key = made.stdout.trim();
  expect(await findApiKey(redis, key)).toMatchObject({
    name: 'ci',
    roles: ['member'],
    models: ['a', 'b'],
    budgetUsd: 5,
  });
  expect(made.stderr).toContain('shown only now');
  expect(made.stderr).not.toContain(key);
  const list = await dragoman('keys');
  expect(list.stdout).toMatch(/ci +\w{8} +valid +member/);
  expect(list.stdout).not.toContain(key.slice(13));
  const [row] = await listed();
  expect(row).toMatchObject({ name: 'ci', state: 'valid' });
  expect(Object.values(row ?? {})).not.toContain(key);
  expect((row?.expiresAt ?? 0) - (row?.createdAt ?? 0)).toBeCloseTo(90 * 86_400_000, -2);
});

it('gives programs JSON', async () => {
  const { stdout } = await dragoman('keys', 'create', '--role', 'member,operator', '--name', 'ops', '--json');
  const made = JSON.parse(stdout);
  expect(made).toMatchObject({ name: 'ops', roles: ['member', 'operator'] });
  expect(await findApiKey(redis, made.key)).toMatchObject({ id: made.id });
});

it.each([
  [
    'a role that the policy lacks',
    ['--role', 'member,ghost', '--name', 'ci'],
    1,
    /no role ghost; roles are member, .*operator/,
  ],
  ['a name with a space', ['--role', 'member', '--name', 'my ci'], 1, /is no name for a key/],
  ['no role', ['--name', 'ci'], 2, /--role/],
  ['an empty role', ['--name', 'ci', '--role', ','], 2, /names with commas/],
  ['a time that is none', ['--name', 'ci', '--role', 'member', '--expires', 'soon'], 2, /a time like/],
  ['no time at all', ['--name', 'ci', '--role', 'member', '--expires', '0d'], 2, /12h or 90d/],
  ['a budget of nothing', ['--name', 'ci', '--role', 'member', '--budget', '0'], 2, /US dollars/],
  ['a budget in words', ['--name', 'ci', '--role', 'member', '--budget', 'five'], 2, /US dollars/],
])('%s makes no key', async (_name, args, code, words) => {
  const refused = await dragoman('keys', 'create', ...args);
  expect(refused).toMatchObject({ code, stdout: '' });
  expect(refused.stderr).toMatch(words);
  expect(await listed()).toEqual([]);
});

it('rotates with an overlap, and revokes both', async () => {
  const create = ['keys', 'create', '--role', 'member', '--name', 'ci'];
  const old = (await dragoman(...create)).stdout.trim();
  expect(await dragoman(...create)).toMatchObject({ code: 1, stderr: expect.stringContaining('Rotate or revoke') });
  const rotated = await dragoman('keys', 'rotate', 'ci', '--overlap', '24h');
  const fresh = rotated.stdout.trim();
  expect(rotated.stderr).toMatch(/The old key ends by /);
  expect(await findApiKey(redis, fresh)).toMatchObject({ name: 'ci', roles: ['member'] });
  expect((await findApiKey(redis, old))?.expiresAt).toBeLessThanOrEqual(Date.now() + 86_400_000);
  expect(await dragoman('keys', 'revoke', 'ci')).toMatchObject({ code: 0, stdout: 'Revoked ci: 2 key(s).\n' });
  expect([await findApiKey(redis, old), await findApiKey(redis, fresh)]).toEqual([undefined, undefined]);
  expect((await listed()).map(({ state }) => state)).toEqual(['revoked', 'revoked']);
  const audit = JSON.parse((await dragoman('audit', 'list', '--kind', 'key', '--json')).stdout) as AuditRow[];
  expect(audit.slice(0, 5).map(({ who, data }) => [who, data['deed'], typeof data['by']])).toEqual(
    ['revoked', 'revoked', 'limited', 'rotated', 'created'].map((deed) => ['api:ci ci', deed, 'string']),
  );
  expect((await dragoman('audit', '--user', 'ci')).stdout).toMatch(
    /api:ci ci +key +\w{8} revoked, by \S+, roles member/,
  );
  for (const again of [
    ['revoke', 'ci'],
    ['rotate', 'ci'],
  ]) {
    expect(await dragoman('keys', ...again)).toMatchObject({ code: 1, stderr: expect.stringContaining('keys list') });
  }
});

it('lists the keys of the file as well', async () => {
  const file = path.join(rig.folder, 'keys.yaml');
  writeFileSync(file, '- { name: web, key: a-key-that-is-long-enough, roles: [member], expires: 2020-01-01 }');
  const { stdout } = await rig.run(['keys', 'list'], '', { DRAGOMAN_API_KEYS_FILE: file });
  expect(stdout).toMatch(/web +file:web +expired +member/);
  expect(stdout).not.toContain('long-enough');
});

it('tells what each used in a month', async () => {
  expect((await dragoman('run', 'hello')).code).toBe(0);
  const rows = JSON.parse((await dragoman('usage', '--json')).stdout);
  expect(rows).toEqual([expect.objectContaining({ runs: 1 })]);
  expect(rows[0].caller).toMatch(/^terminal:/);
  expect(rows[0].outputTokens).toBeGreaterThan(0);
  expect((await dragoman('usage')).stdout).toMatch(
    /^who +runs +passed on +tokens in +tokens out +USD\nterminal:\S+ +1 +0 /,
  );
  expect(await dragoman('usage', '--month', '2020-01')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: 'Nothing was used in 2020-01.\n',
  });
  const roles = JSON.parse((await dragoman('usage', '--by', 'role', '--json')).stdout);
  expect(roles).toContainEqual(expect.objectContaining({ role: expect.any(String), runs: 1 }));
  expect((await dragoman('usage', '--by', 'role')).stdout).toMatch(/^role +runs +passed on +tokens in/);
  expect(await dragoman('usage', '--by', 'role', '--user', 'api:ci')).toMatchObject({ code: 2 });
  expect(await dragoman('usage', '--month', '2020-13')).toMatchObject({ code: 2 });
  expect(JSON.parse((await dragoman('usage', '--user', 'api:nobody', '--json')).stdout)).toEqual([]);
});
