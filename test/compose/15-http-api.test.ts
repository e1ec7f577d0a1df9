import { afterAll, beforeAll, expect, test } from 'vitest';
import { askApi, makeKey, published } from './http-api.ts';
import { compose, nodeIn, until } from './stack.ts';

let key: string;

beforeAll(async () => {
  key = await makeKey('suite');
});

afterAll(() => compose(['up', '-d', '--wait', '--scale', 'api=1', 'api']));

test('it answers on loopback: its health to everybody, models and questions to whoever has a key', async () => {
  const [base = ''] = await published();
  expect(base).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await askApi(base, '/healthz')).status).toBe(200);
  expect((await askApi(base, '/v1/models')).status).toBe(401);
  const models = (await (await askApi(base, '/v1/models', { key })).json()) as { data: { id: string }[] };
  expect(models.data.map(({ id }) => id)).toContain('dragoman');
  const question = JSON.stringify({ message: 'Which tables are in the database?' });
  const answer = await askApi(base, '/chat', { method: 'POST', body: question, key });
  expect(await answer.json()).toMatchObject({ response: expect.stringContaining('order_items') as string });
});

test('the key that Open WebUI would have is valid, and is in no environment', async () => {
  const [base = ''] = await published();
  const webui = (
    await compose(['run', '--rm', '-T', '--entrypoint', 'cat', '-v', 'secret-webui:/webui:ro', 'cli', '/webui/key'])
  ).stdout.trim();
  expect(webui).toMatch(/^sk-/);
  expect((await askApi(base, '/v1/models', { key: webui })).status).toBe(200);
});

test('three of them share the keys and the sessions', async () => {
  await compose(['up', '-d', '--wait', '--scale', 'api=3', 'api'], { env: { API_PORTS: '18080-18089' } });
  const bases = await published();
  expect(new Set(bases).size).toBe(3);
  const session = `suite-${Date.now()}`;
  for (const [at, base] of bases.entries()) {
    const body = JSON.stringify({ message: `query {${at}}`, session_id: session });
    expect((await askApi(base, '/chat', { method: 'POST', body, key })).status).toBe(200);
  }
  const { messages } = (await (await askApi(bases[0] ?? '', `/chat/${session}`, { key })).json()) as {
    messages: object[];
  };
  expect(messages).toHaveLength(6);
  await until('Prometheus sees all three', async () => {
    const code = `
      const query = encodeURIComponent('count(dragoman_http_streams_open{job="api"})');
      const answer = await (await fetch('http://prometheus:9090/api/v1/query?query=' + query)).json();
      console.log(answer.data.result[0]?.value[1]);`;
    return (await nodeIn('worker', code)) === '3';
  });
});
