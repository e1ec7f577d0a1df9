import { expect, test } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { revokeApiKey, rotateApiKey } from '#shared/rights/api-keys.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import type { ApiRig } from './rig.ts';
import { serveApi } from './serve.ts';

// A door that has read a key lately does not read it for each question; what becomes of the key counts at once all the same.

let api: ApiRig;
serveApi(createPlayedToolbox({ look: { run: () => 'The answer is 42.' } }), (started) => void (api = started));

const ask = { model: 'gpt-agent', messages: [{ role: 'user', content: 'hi' }] };

async function statusOf(
  key: string,
  route: string,
  json: unknown,
  headers: Record<string, string> = {},
): Promise<number> {
  const response = await api.send(route, { key, json, headers });
  await response.text();
  return response.status;
}

test('a revoked key gets 401 and nothing else, whatever it asks, though the door has read it lately', async () => {
  const key = await api.key({ name: 'lately' });
  const once = { 'idempotency-key': 'once' };
  expect(await statusOf(key, '/v1/chat/completions', ask, once)).toBe(200);
  expect(await statusOf(key, '/chat', { message: 'hi' })).toBe(200);
  await revokeApiKey(api.rig.redis, 'lately');
  const begun = await api.rig.redis.zcard(keys.recentOf('api:lately'));
  expect(begun).toBe(2);
  const asked: [string, unknown, Record<string, string>?][] = [
    ['/v1/chat/completions', ask],
    ['/v1/chat/completions', { ...ask, stream: true }],
    ['/v1/chat/completions', ask, once],
    ['/v1/chat/completions', { ...ask, model: 'nobody' }],
    ['/v1/chat/completions', { ...ask, model: 'dragoman-without-tools' }],
    ['/v1/chat/completions', {}],
    ['/v1/chat/completions', ask, { 'content-type': 'text/plain' }],
    ['/chat', { message: 'hi' }],
    ['/chat', {}],
  ];
  const others = asked.map(async ([route, json, headers]) => [route, await statusOf(key, route, json, headers)]);
  expect(await Promise.all(others)).toEqual(asked.map(([route]) => [route, 401]));
  expect(await api.rig.redis.zcard(keys.recentOf('api:lately'))).toBe(begun);
});

test('a key that was rotated goes on for its overlap, and no longer', async () => {
  const key = await api.key({ name: 'turned' });
  expect(await statusOf(key, '/v1/chat/completions', ask)).toBe(200);
  await rotateApiKey(api.rig.redis, 'turned', 60_000);
  expect(await statusOf(key, '/v1/chat/completions', ask)).toBe(200);
  expect(await statusOf(key, '/v1/chat/completions', ask)).toBe(200);
  await rotateApiKey(api.rig.redis, 'turned', 0);
  expect(await statusOf(key, '/v1/chat/completions', ask)).toBe(401);
});

test('each question of a key that was read lately is counted once', async () => {
  const key = await api.key({ name: 'counted' });
  for (let index = 0; index < 3; index += 1) expect(await statusOf(key, '/v1/chat/completions', ask)).toBe(200);
  expect(await statusOf(key, '/v1/chat/completions', {})).toBe(400);
  await expect.poll(async () => Number(await api.rig.redis.get(keys.requestRate('api:counted')))).toBe(4);
});

const said = [{ role: 'user', content: 'hi' }];
const page = { id: 'page', messages: [{ id: '1', role: 'user', parts: [{ type: 'text', text: 'hi' }] }] };

test.each([
  ['/v1/chat/completions', { model: 'dragoman', messages: said }],
  ['/v1/chat/completions', { model: 'dragoman-without-tools', messages: said }],
  ['/v1/responses', { input: 'hi' }],
  ['/v1/embeddings', { model: 'dragoman', input: 'hi' }],
  ['/chat', { message: 'hi' }],
  ['/api/chat', page],
])('a key without the default model gets it nowhere: %s %j', async (route, json) => {
  const key = await api.key({ models: ['other'] });
  const refused = await api.send(route, { key, json });
  expect(refused.status).toBe(404);
  const { error } = (await refused.json()) as { error: { code: string; message: string } };
  expect([error.code, error.message.split(' Models: ')[1]]).toEqual(['model_not_found', 'other.']);
  expect(await (await api.send('/v1/runs', { key })).json()).toMatchObject({ data: [] });
});
