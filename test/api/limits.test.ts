import { afterAll, beforeAll, expect, test } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { startApiRig, type ApiRig } from './rig.ts';

let api: ApiRig;

beforeAll(async () => {
  // Nobody works on the runs.
  api = await startApiRig({ api: { API_REQUESTS_PER_MINUTE: 5, API_MAX_PENDING: 2 } });
});
afterAll(() => api[Symbol.asyncDispose]());

const question = { model: 'gpt-agent', stream: true, messages: [{ role: 'user', content: 'hi' }] };

/** Sends a request and leaves as soon as it is answered. Resolves to the status. */
async function statusOf(route: string, key: string, json?: unknown): Promise<number> {
  const leave = new AbortController();
  const { status } = await api.send(route, { key, ...(json !== undefined && { json }), signal: leave.signal });
  leave.abort();
  return status;
}

const counted = async (name: string) => Number(await api.rig.redis.get(keys.requestRate(`api:${name}`)));

test('each request is counted once, with its run or without; one too many begins no run', async () => {
  const key = await api.key({ name: 'often' });
  expect(await statusOf('/v1/models', key)).toBe(200);
  expect(await statusOf('/v1/chat/completions', key, { model: 'gpt-agent' })).toBe(400);
  await expect.poll(() => counted('often')).toBe(2);
  expect(await statusOf('/v1/chat/completions', key, question)).toBe(200);
  expect(await counted('often')).toBe(3);
  expect(await statusOf('/v1/responses', key, { model: 'gpt-agent', input: 'hi', background: true })).toBe(200);
  expect(await statusOf('/v1/models', key)).toBe(200);
  const begun = await api.rig.redis.zcard(keys.recentOf('api:often'));
  expect(await statusOf('/v1/chat/completions', key, question)).toBe(429);
  expect(await statusOf('/v1/models', key)).toBe(429);
  expect(await api.rig.redis.zcard(keys.recentOf('api:often'))).toBe(begun);
  // Whoever has to wait is refused before anything is asked of Redis.
  expect(await counted('often')).toBe(6);
  expect(await api.rig.redis.pttl(keys.requestRate('api:often'))).toBeGreaterThan(0);
});

test('a caller who has as many runs under way as may be begins no further one', async () => {
  const key = await api.key({ name: 'many' });
  const background = { model: 'gpt-agent', input: 'hi', background: true };
  expect(await statusOf('/v1/responses', key, background)).toBe(200);
  expect(await statusOf('/v1/responses', key, background)).toBe(200);
  const refused = await api.send('/v1/responses', { key, json: background });
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ error: { code: 'too_many_pending' } });
  expect(await api.rig.redis.scard(keys.inflight('api:many'))).toBe(2);
});
