import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { registry } from '#shared/process/metrics.ts';
import { keys } from '#shared/redis/keys.ts';
import { operations } from '#services/api/openapi/document.ts';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startApiRig, type ApiRig } from './rig.ts';

let api: ApiRig;
let worker: AsyncDisposable;
const policy = `
version: 1
roles:
  member: { allow: ["*"] }
  slow: { requests_per_minute: 1 }
members: { everyone: [], terminal: [] }
`;
beforeAll(async () => {
  api = await startApiRig({ policy, api: { API_STREAMS_PER_KEY: 1, API_MAX_PENDING: 2, API_MAX_BODY_BYTES: 5_000 } });
  worker = await api.rig.worker({ toolbox: createPlayedToolbox({}) });
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});
afterEach(() => api.rig.model.reset());

/** The value of one series of the door, 0 where there is none. */
async function value(series: string): Promise<number> {
  const lines = (await registry.metrics()).split('\n');
  return Number(lines.find((line) => line.startsWith(`${series} `))?.slice(series.length + 1) ?? 0);
}

/** By how much a series grows while something is done. */
async function grown(series: string, act: () => Promise<unknown>): Promise<number> {
  const before = await value(series);
  await act();
  // A request counts once its connection is through with it.
  await expect.poll(() => value(series)).toBeGreaterThan(before);
  return (await value(series)) - before;
}

function chat(key: string | undefined, body: object = {}): Promise<Response> {
  const messages = [{ role: 'user', content: 'hi' }];
  return api.send('/v1/chat/completions', {
    ...(key !== undefined && { key }),
    json: { model: 'gpt-agent', messages, ...body },
  });
}

test.each([
  ['/v1/models', '/v1/models', '2xx'],
  ['/v1/models/gpt-agent?x=1', '/v1/models/:model', '2xx'],
  ['/v1/runs/one-that-is-nowhere', '/v1/runs/:id', '4xx'],
  ['/healthz', '/healthz', '2xx'],
  ['/health', '/health', '2xx'],
  ['/docs', '/docs', '2xx'],
  ['/wp-login.php', 'other', '4xx'],
  ['/v1/models%00', 'other', '4xx'],
])('GET %s counts for the route %s', async (path, route, status) => {
  const key = await api.key();
  const series = `dragoman_http_requests_total{route="${route}",status="${status}"}`;
  expect(await grown(series, () => api.send(path, { key }).then((response) => response.text()))).toBe(1);
});

test('no address becomes a label: every route is one that is described', async () => {
  const routes = new Set(
    [...(await registry.metrics()).matchAll(/^dragoman_http_requests_total\{route="([^"]*)"/gm)].map(
      ([, route]) => route,
    ),
  );
  expect([...routes].toSorted()).toEqual([...new Set([...operations.map(({ path }) => path), 'other'])].toSorted());
});

const refusals: [kind: string, act: () => Promise<unknown>][] = [
  ['key', () => chat('dgm_wrong')],
  ['permission', async () => chat(await api.key({ roles: ['ghost'] }))],
  ['permission', async () => api.send('/v1/failed', { key: await api.key(), json: {} })],
  [
    'requests',
    async () => {
      const key = await api.key({ roles: ['slow'] });
      await api.send('/v1/models', { key });
      await api.send('/v1/models', { key });
    },
  ],
  [
    'budget',
    async () => {
      const key = await api.key({ name: 'spent', budgetUsd: 1 });
      await api.rig.redis.hset(keys.usage(new Date().toISOString().slice(0, 7)), 'api:spent usd', 2);
      await chat(key);
    },
  ],
  [
    'pending',
    async () => {
      const key = await api.key({ name: 'busy' });
      await api.rig.redis.sadd(keys.inflight('api:busy'), 'a', 'b');
      await chat(key);
    },
  ],
  ['request', async () => chat(await api.key(), { temperature: 9 })],
  ['request', async () => chat(await api.key(), { user: 'x'.repeat(6_000) })],
  ['request', () => raw('GARBAGE\r\n\r\n')],
  ['model', async () => chat(await api.key(), { model: 'nobody' })],
  ['not-found', async () => api.send('/nowhere', { key: await api.key() })],
  ['not-found', async () => api.send('/v1/models', { key: await api.key(), json: {} })],
  [
    'conflict',
    async () => {
      const key = await api.key();
      const headers = { 'idempotency-key': 'x' };
      api.rig.model.enqueue({ text: 'Yes.' });
      await api.send('/chat', { key, headers, json: { message: 'a' } });
      await api.send('/chat', { key, headers, json: { message: 'b' } });
    },
  ],
];

test.each(refusals)('a refusal counts as %s', async (kind, act) => {
  expect(await grown(`dragoman_http_refusals_total{kind="${kind}"}`, act)).toBe(1);
});

test('an answer that is waited for is an open stream, and the next one is refused', async () => {
  api.rig.model.script('slow', [{ text: 'word '.repeat(400), chunkDelayMs: 20 }]);
  const key = await api.key();
  const leave = new AbortController();
  const response = await api.send('/chat', {
    key,
    json: { message: mark('slow', 'Count.') },
    headers: { accept: 'text/event-stream' },
    signal: leave.signal,
  });
  expect(await value('dragoman_http_streams_open')).toBe(1);
  expect(await grown('dragoman_http_refusals_total{kind="streams"}', () => chat(key))).toBe(1);
  leave.abort();
  await response.text().catch(() => undefined);
  await expect.poll(() => value('dragoman_http_streams_open')).toBe(0);
});

test('the time to the first text counts once for each stream', async () => {
  const key = await api.key();
  for (const path of ['/chat', '/v1/chat/completions']) {
    api.rig.model.enqueue({ text: 'One. Two. Three.' });
    const json = { message: 'hi', model: 'gpt-agent', stream: true, messages: [{ role: 'user', content: 'hi' }] };
    const ask = () =>
      api.send(path, { key, json, headers: { accept: 'text/event-stream' } }).then((response) => response.text());
    expect(await grown('dragoman_http_first_text_seconds_count', ask), path).toBe(1);
  }
});

test('a client that leaves before anything was sent is cut', async () => {
  api.rig.model.script('slow', [{ text: 'word '.repeat(400), chunkDelayMs: 20 }]);
  const key = await api.key();
  const series = 'dragoman_http_requests_total{route="/chat",status="cut"}';
  const leave = new AbortController();
  const act = async () => {
    const asked = api.send('/chat', { key, json: { message: mark('slow', 'x') }, signal: leave.signal });
    await expect.poll(() => value('dragoman_http_streams_open')).toBe(1);
    leave.abort();
    await asked.catch(() => undefined);
  };
  expect(await grown(series, act)).toBe(1);
});

/** Sends bytes that are no request. */
async function raw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  return text(socket);
}
