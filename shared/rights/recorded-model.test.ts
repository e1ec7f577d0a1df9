import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connectRedis } from '#shared/redis/connect.ts';
import { callerSchema } from '#shared/run/request.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import { createApiKey, revokeApiKey, rotateApiKey, type ApiKey } from './api-keys.ts';
import { parsePolicy } from './policy.ts';
import { mayAskStill } from './recorded-model.ts';

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

const policy = parsePolicy(`
version: 1
roles:
  small: { allow: ["*"], models: ["small*"] }
  all: { allow: ["*"] }
members: { everyone: [small], terminal: [] }
`);

function may(caller: object, model: string, ofFile: Partial<ApiKey>[] = []): Promise<boolean> {
  const file = { list: () => ofFile.map((key) => ({ id: 'f', name: 'ci', roles: [], createdAt: 0, ...key })) };
  const rights = { redis, policy, file, defaultModel: 'default' };
  return mayAskStill(rights, { caller: callerSchema.parse({ id: 'ci', ...caller }), model });
}

test.each([
  [{ kind: 'terminal' }, 'big', true],
  [{ kind: 'discord' }, 'big', false],
  [{ kind: 'discord' }, 'small-2', true],
  [{ kind: 'discord' }, 'default', true],
  [{ kind: 'api', roles: ['small'] }, 'big', false],
  [{ kind: 'api', roles: ['gone'] }, 'small', false],
  [{ kind: 'api', roles: ['all'] }, 'big', true],
])('roles: %j may ask %s: %s', async (caller, model, expected) => {
  expect(await may(caller, model)).toBe(expected);
});

test('a key that names models decides, the default among them; rotated it does so still, made anew it decides anew', async () => {
  const asker = { kind: 'api', roles: ['all'] };
  await createApiKey(redis, { name: 'ci', roles: ['all'], models: ['big'] });
  await createApiKey(redis, { name: 'other', roles: ['all'] });
  expect([await may(asker, 'big'), await may(asker, 'default')]).toEqual([true, false]);
  await rotateApiKey(redis, 'ci', 1_000);
  expect(await may(asker, 'default')).toBe(false);
  await revokeApiKey(redis, 'ci');
  expect([await may(asker, 'big'), await may(asker, 'default')]).toEqual([true, false]);
  await createApiKey(redis, { name: 'ci', roles: ['all'], models: ['default'] });
  expect([await may(asker, 'big'), await may(asker, 'default')]).toEqual([false, true]);
});

test('keys of the file decide as well', async () => {
  const asker = { kind: 'api', roles: ['all'] };
  expect(await may(asker, 'big', [{ models: ['small'] }])).toBe(false);
  expect(await may(asker, 'big', [{ models: ['small'] }, { models: ['big'] }])).toBe(true);
  expect(await may(asker, 'big', [{ models: ['big'], expiresAt: 1 }, { models: ['small'] }])).toBe(false);
});
