import { expect, test } from 'vitest';
import { startIllServer } from '#mcp/http/testing/ill-server.ts';
import { config } from './domain.ts';
import { testTools } from './testing/tools.ts';

test('a tool whose service has no address is not offered', async () => {
  await using none = testTools({});
  await using logs = testTools({ LOKI_URL: 'http://127.0.0.1:1' });
  await using alerts = testTools({ ALERTMANAGER_URL: 'http://127.0.0.1:1' });
  expect([none.names, logs.names, alerts.names]).toEqual([[], ['loki_query'], ['alerts_list']]);
  await expect(none.check()).resolves.toBeUndefined();
  await expect(logs.check()).rejects.toThrow('Loki cannot be reached now');
});

test.each(['prometheus', 'ftp://a', 'http://a/?x=1', 'http://a/#x'])('%s is no address', (url) => {
  expect(config.safeParse({ PROMETHEUS_URL: url }).success).toBe(false);
});

test('a call that is cancelled ends its request', async () => {
  await using server = await startIllServer('reader:secret');
  await using tools = testTools({ PROMETHEUS_URL: server.url });
  const stop = new AbortController();
  const closed = new Promise<void>((resolve) =>
    server.set((request) => {
      request.socket.once('close', () => resolve());
      stop.abort();
    }),
  );
  const answer = await tools.call('prometheus_query', { query: 'up' }, stop.signal);
  await closed;
  expect(answer).toMatchObject({ failed: true, text: 'prometheus_query was stopped before it finished.' });
});

test('of many large answers at once each comes, or is told to come later', async () => {
  await using server = await startIllServer('reader:secret');
  await using tools = testTools({ PROMETHEUS_URL: server.url, MONITORING_MAX_BYTES: 32_000_000 });
  const series = Array.from({ length: 60_000 }, (_, at) => ({ metric: { n: String(at) }, value: [1, '1'] }));
  const body = JSON.stringify({ status: 'success', data: { resultType: 'vector', result: series } });
  server.set((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body));
  const answers = await Promise.all(Array.from({ length: 10 }, () => tools.call('prometheus_query', { query: 'up' })));
  for (const { text } of answers) expect(text).toMatch(/\[Cut: 40 of 60000|being read at once\. Try again/);
  // What was held is given back.
  expect((await tools.call('prometheus_query', { query: 'up' })).failed).toBe(false);
});
