import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test, vi } from 'vitest';
import { startTestRedis } from '#test/lib/redis.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { listAudit } from '#shared/audit/list.ts';
import { createApiKey, revokeApiKey } from '#shared/rights/api-keys.ts';
import { readKeysFile } from '#shared/rights/api-keys-file.ts';
import { keylessDoor } from '#services/api/keyless.ts';
import { startApiRig } from './rig.ts';

afterEach(() => vi.useRealTimers());

/** Asks with exactly these headers, as fetch does not let one set Host. */
function ask(url: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/v1/models`, { headers }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    sent.once('error', reject).end();
  });
}

test('without any key this machine is answered with the rights of its terminal, and nobody else', async () => {
  await using api = await startApiRig();
  const { port, host } = new URL(api.url);
  for (const own of [host, `localhost:${port}`]) {
    expect(await ask(api.url, { host: own }), own).toMatchObject({ status: 200 });
  }
  // OpenAI's libraries send an invented key.
  expect(await ask(api.url, { authorization: 'Bearer sk-none' })).toMatchObject({ status: 200 });
  expect(await ask(api.url, { origin: api.url })).toMatchObject({ status: 200 });
  expect((await api.send('/v1/failed')).status).toBe(200);
  const others: Record<string, string>[] = [
    { host: 'evil.example' },
    { host: `127.0.0.1.evil.example:${port}` },
    { host: `evil.example#127.0.0.1` },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'x-forwarded-for': '203.0.113.9' },
    { forwarded: 'for=203.0.113.9' },
    { 'x-real-ip': '203.0.113.9' },
    { via: '1.1 proxy' },
    { host: 'evil.example', authorization: 'Bearer sk-none' },
  ];
  for (const headers of others) {
    const { status, body } = await ask(api.url, headers);
    expect([status, JSON.parse(body).error.code], JSON.stringify(headers)).toEqual([403, 'insufficient_permissions']);
  }
});

test('the first key shuts the door, and revoking it does not open it again', async () => {
  await using api = await startApiRig();
  expect((await api.send('/v1/models')).status).toBe(200);
  const { key } = await createApiKey(api.rig.redis, { name: 'first', roles: ['member'] });
  expect((await api.send('/v1/models')).status).toBe(401);
  expect((await api.send('/v1/models', { key })).status).toBe(200);
  await revokeApiKey(api.rig.redis, 'first');
  expect((await api.send('/v1/models')).status).toBe(401);
  expect((await api.send('/v1/models', { key })).status).toBe(401);
});

test('keys of a file count, from the start and when they come later', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'keyless-'));
  const file = path.join(folder, 'keys.yaml');
  writeFileSync(file, '');
  await using api = await startApiRig({ api: { DRAGOMAN_API_KEYS_FILE: file } });
  expect((await api.send('/v1/models')).status).toBe(200);
  writeFileSync(file, '- { name: web, key: a-key-that-is-long-enough, roles: [member] }');
  await expect.poll(async () => (await api.send('/v1/models')).status, { timeout: 10_000 }).toBe(401);
  expect((await api.send('/v1/models', { key: 'a-key-that-is-long-enough' })).status).toBe(200);
  writeFileSync(file, '');
  await expect.poll(async () => (await api.send('/v1/models', { key: 'a-key-that-is-long-enough' })).status).toBe(401);
  expect((await api.send('/v1/models')).status).toBe(401);
  const told = async () => (await listAudit(api.rig.redis, { limit: 5, kinds: ['key'] })).rows.map(({ data }) => data);
  await expect.poll(told).toMatchObject([
    { deed: 'removed', name: 'web', by: file },
    { deed: 'added', name: 'web', roles: ['member'] },
  ]);
  rmSync(folder, { recursive: true });
});

test.each([
  ['127.0.0.1', true],
  ['127.8.0.1', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.5', false],
  ['api.example.org', false],
  ['localhost.example.org', false],
  ['', false],
])('listening on %j, people without a key are answered: %s', async (API_HOST, open) => {
  await using server = await startTestRedis();
  const redis = connectRedis(server.url, 'test');
  const isOpen = await keylessDoor({ API_HOST }, redis, undefined);
  expect(await isOpen()).toBe(open);
  redis.disconnect();
});

test('with a key from the start, it was never open', async () => {
  await using server = await startTestRedis();
  const redis = connectRedis(server.url, 'test');
  const folder = mkdtempSync(path.join(tmpdir(), 'keyless-'));
  const file = path.join(folder, 'keys.yaml');
  writeFileSync(file, '- { name: web, key: a-key-that-is-long-enough, roles: [member], expires: 2020-01-01 }');
  const ofFile = await keylessDoor({ API_HOST: '127.0.0.1' }, redis, readKeysFile(file));
  expect(await ofFile()).toBe(false);
  await createApiKey(redis, { name: 'first', roles: ['member'] });
  const ofRedis = await keylessDoor({ API_HOST: '127.0.0.1' }, redis, undefined);
  expect(await ofRedis()).toBe(false);
  redis.disconnect();
  rmSync(folder, { recursive: true });
});
