import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { checkAudit } from '#shared/audit/check.ts';
import { listAudit } from '#shared/audit/list.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { keys } from '#shared/redis/keys.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import {
  createApiKey,
  findApiKey,
  listApiKeys,
  revokeApiKey,
  rotateApiKey,
  sameHash,
  type NewApiKey,
} from './api-keys.ts';

const hour = 3_600_000;
let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.url, 'test');
});
afterAll(async () => {
  redis?.disconnect();
  await server?.[Symbol.asyncDispose]();
});
beforeEach(() => redis.flushall());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function make(asked: Partial<NewApiKey> = {}): Promise<{ key: string; id: string }> {
  return createApiKey(redis, { name: 'ci', roles: ['member'], ...asked });
}

/** Lets time pass for whatever asks Date. */
function pass(ms: number): void {
  vi.useFakeTimers({ now: Date.now() + ms, toFake: ['Date'] });
}

test('a key is known by its hash alone: nothing that Redis holds would let somebody in', async () => {
  const { key, id } = await make({ models: ['small'], budgetUsd: 5 });
  expect(key).toMatch(new RegExp(`^dgm_${id}_[A-Za-z0-9_-]{43}$`));
  const stored = JSON.stringify(await Promise.all([keys.apiKeys, keys.apiKeysUsed].map((name) => redis.hgetall(name))));
  expect(stored).not.toContain(key.slice(key.lastIndexOf('_') + 1));
  expect(stored).toContain(createHash('sha256').update(key).digest('hex'));
  expect(JSON.stringify(await listApiKeys(redis))).not.toContain(createHash('sha256').update(key).digest('hex'));
  expect(await findApiKey(redis, key)).toMatchObject({
    id,
    name: 'ci',
    roles: ['member'],
    models: ['small'],
    budgetUsd: 5,
  });
});

test('no other text opens anything, and all take the same way', async () => {
  const [one, two] = [await make(), await make({ name: 'other' })];
  const secretOf = (key: string) => key.slice(`dgm_${one.id}_`.length);
  const hget = vi.spyOn(redis, 'hget');
  const flipped = one.key.endsWith('A') ? 'B' : 'A';
  const wrong = [
    '',
    'sk-anything',
    one.id,
    `${one.key.slice(0, -1)}${flipped}`,
    `dgm_${one.id}_${secretOf(two.key)}`,
    `dgm_${two.id}_${secretOf(one.key)}`,
    `dgm_00000000_${secretOf(one.key)}`,
    `dgm_nobody00_${'A'.repeat(43)}`,
    `${one.key} `,
    one.key.toUpperCase(),
    one.key.repeat(50),
    'dgm___proto___',
  ];
  for (const key of wrong) expect(await findApiKey(redis, key), key).toBeUndefined();
  const each = hget.mock.calls.length / wrong.length;
  hget.mockClear();
  expect(await findApiKey(redis, one.key)).toBeDefined();
  expect(hget.mock.calls.length).toBe(each);
});

test.each([
  ['a', 'a', true],
  ['', '', true],
  ['ab', 'a', false],
  ['', '0'.repeat(64), false],
  ['0'.repeat(63), '0'.repeat(64), false],
  ['0'.repeat(64), '0'.repeat(64), true],
])('the comparison of %j and %j', (a, b, same) => {
  expect(sameHash(a, b)).toBe(same);
});

test('a key is refused from the moment on that its time is over', async () => {
  const { key } = await make({ expiresInMs: hour });
  pass(hour - 2_000);
  expect(await findApiKey(redis, key)).toBeDefined();
  pass(2_001);
  expect(await findApiKey(redis, key)).toBeUndefined();
});

test('revoked by name, all of that name are refused at once; by id that one; others stand', async () => {
  const [first, other] = [await make(), await make({ name: 'other' })];
  const second = await rotateApiKey(redis, 'ci', hour);
  expect(await revokeApiKey(redis, second.id)).toBe(1);
  expect(await findApiKey(redis, second.key)).toBeUndefined();
  expect(await findApiKey(redis, first.key)).toBeDefined();
  expect(await revokeApiKey(redis, 'ci')).toBe(1);
  expect(await findApiKey(redis, first.key)).toBeUndefined();
  expect(await findApiKey(redis, other.key)).toBeDefined();
  expect(await revokeApiKey(redis, 'ci')).toBe(0);
  expect(await revokeApiKey(redis, 'nobody')).toBe(0);
});

test('a rotation lets the old key stand for its overlap, with the same rights and as long a life', async () => {
  const old = await make({ expiresInMs: 10 * hour, models: ['small'], budgetUsd: 2 });
  pass(5 * hour);
  const { key } = await rotateApiKey(redis, 'ci', hour);
  const now = Date.now();
  expect(await findApiKey(redis, key)).toMatchObject({
    name: 'ci',
    roles: ['member'],
    models: ['small'],
    budgetUsd: 2,
    expiresAt: now + 10 * hour,
  });
  expect(await findApiKey(redis, old.key)).toMatchObject({ expiresAt: now + hour });
  pass(hour + 1);
  expect(await findApiKey(redis, old.key)).toBeUndefined();
  expect(await findApiKey(redis, key)).toBeDefined();
});

test('an overlap makes no life longer, and without one the old key ends at once', async () => {
  const old = await make({ expiresInMs: hour });
  const { key } = await rotateApiKey(redis, 'ci', 24 * hour);
  expect((await findApiKey(redis, old.key))?.expiresAt).toBeLessThanOrEqual(Date.now() + hour);
  await rotateApiKey(redis, 'ci', 0);
  expect(await findApiKey(redis, old.key)).toBeUndefined();
  expect(await findApiKey(redis, key)).toBeUndefined();
});

test('a key that is revoked while it is rotated stays revoked', async () => {
  const { key, id } = await make();
  const hget = redis.hget.bind(redis);
  let revoked = false;
  vi.spyOn(redis, 'hget').mockImplementation((async (name: string, field: string) => {
    const text = await hget(name, field);
    // Somebody else is faster, once.
    if (!revoked) {
      revoked = true;
      await revokeApiKey(redis, id);
    }
    return text;
  }) as Redis['hget']);
  await rotateApiKey(redis, 'ci', hour);
  expect(await findApiKey(redis, key)).toBeUndefined();
});

test('its last use is written once in a minute', async () => {
  const { key } = await make();
  expect((await listApiKeys(redis))[0]).not.toHaveProperty('lastUsedAt');
  await findApiKey(redis, key);
  const [first] = await listApiKeys(redis);
  expect(first?.lastUsedAt).toBeLessThanOrEqual(Date.now());
  pass(30_000);
  await findApiKey(redis, key);
  expect((await listApiKeys(redis))[0]?.lastUsedAt).toBe(first?.lastUsedAt);
  pass(31_000);
  await findApiKey(redis, key);
  expect((await listApiKeys(redis))[0]?.lastUsedAt).toBe(Date.now());
});

test.each(['', ' ci', 'two words', '-ci', '.ci', 'a:b', 'a/b', 'ci\n', 'é', 'x'.repeat(65), 'a*'])(
  '%j is no name',
  async (name) => {
    await expect(make({ name })).rejects.toMatchObject({ reason: 'bad-name' });
  },
);

test('a name is free again when its key is revoked or its time is over', async () => {
  await make({ expiresInMs: hour });
  await expect(make()).rejects.toMatchObject({ reason: 'name-taken' });
  await revokeApiKey(redis, 'ci');
  await make({ expiresInMs: hour });
  pass(hour + 1);
  await make();
  expect(await listApiKeys(redis)).toHaveLength(3);
  await expect(rotateApiKey(redis, 'nobody', hour)).rejects.toMatchObject({ reason: 'unknown-key' });
});

test('an entry that cannot be read is no key and hides no other', async () => {
  const { key } = await make();
  await redis.hset(keys.apiKeys, { aaaaaaaa: 'not json', bbbbbbbb: '{"name":"x"}' });
  expect(await listApiKeys(redis)).toHaveLength(1);
  expect(await findApiKey(redis, `dgm_aaaaaaaa_${'A'.repeat(43)}`)).toBeUndefined();
  expect(await findApiKey(redis, key)).toBeDefined();
});

test('the audit log tells what became of keys, who did it, and nothing of the keys', async () => {
  const { key, id } = await createApiKey(redis, { name: 'ci', roles: ['member'], budgetUsd: 5 }, 'Ada');
  const { id: next } = await rotateApiKey(redis, 'ci', hour, 'Bea');
  await revokeApiKey(redis, id, 'Cid');
  const { rows } = await listAudit(redis, { limit: 10 });
  expect(rows.toReversed().map(({ run, who, kind, data }) => [run, who, kind, data])).toEqual(
    [
      { deed: 'created', key: id, by: 'Ada' },
      { deed: 'rotated', key: next, by: 'Bea' },
      { deed: 'limited', key: id, by: 'Bea', until: expect.stringMatching(/^\d{4}-/) },
      { deed: 'revoked', key: id, by: 'Cid', until: expect.stringMatching(/^\d{4}-/) },
    ].map((data) => ['', 'api:ci ci', 'key', { name: 'ci', roles: ['member'], budgetUsd: 5, ...data }]),
  );
  const text = JSON.stringify(rows);
  for (const secret of [key.slice(-43), createHash('sha256').update(key).digest('hex')])
    expect(text).not.toContain(secret);
  expect((await listAudit(redis, { limit: 10, user: 'ci' })).rows).toHaveLength(4);
  expect((await checkAudit(redis)).problems).toEqual([]);
});
