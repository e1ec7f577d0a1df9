import { expect, test } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { exchange, open, readAnswer, requestBytes } from './raw-http.ts';
import type { ApiRig } from './rig.ts';
import { serveApi } from './serve.ts';
import { readEvents, type Json } from './sse.ts';

// Requests that no library sends, and what a careful reader of docs/http-api.md tries.

let api: ApiRig;
serveApi(createPlayedToolbox({ look: { run: () => 'The answer is 42.' } }), (started) => void (api = started));

const ask = { model: 'gpt-agent', messages: [{ role: 'user', content: 'hi' }] };

async function send(route: string, init: Parameters<ApiRig['send']>[1]): Promise<Json> {
  const response = await api.send(route, init);
  return { status: response.status, ...((await response.json()) as object) };
}

/** A run that goes on until its model's text is over, or it is stopped. */
async function longRun(key: string): Promise<{ response: string; run: string }> {
  api.rig.model.script('long', [{ text: 'word '.repeat(600), chunkDelayMs: 50 }]);
  const { id, dragoman } = await send('/v1/responses', { key, json: { input: mark('long', 'hi'), background: true } });
  return { response: id, run: dragoman.run };
}

test('a place beyond what Redis counts is refused, so that it holds up nobody', async () => {
  const key = await api.key();
  const { run } = await longRun(key);
  for (const place of ['99999999999999999999-0', '0-18446744073709551616', 'abc', '1', '1-1-1']) {
    const refused = await send(`/v1/runs/${run}/events`, { key, headers: { 'last-event-id': place } });
    expect(refused).toMatchObject({ status: 400, error: { param: 'Last-Event-ID' } });
  }
  expect(await send('/v1/chat/completions', { key: await api.key(), json: ask })).toMatchObject({ status: 200 });
  await send(`/v1/runs/${run}/cancel`, { key, method: 'POST' });
  const events = await api.send(`/v1/runs/${run}/events`, { key, headers: { 'last-event-id': '' } });
  expect((await readEvents(events)).map(({ event }) => event)).toContain('run.ended');
});

test('pages leave no run out, also of one millisecond, and the last one says so', async () => {
  const key = await api.key({ name: 'pages' });
  const asking = Array.from({ length: 12 }, () =>
    send('/v1/responses', { key, json: { input: 'hi', background: true } }),
  );
  const runs = (await Promise.all(asking)).map(({ dragoman }) => dragoman.run as string);
  for (const list of [keys.recent, keys.recentOf('api:pages')]) {
    // All at once, as far as anybody can tell.
    for (const [index, run] of runs.entries()) await api.rig.redis.zadd(list, 2_000_000_000_000 + (index % 2), run);
  }
  for (const run of runs)
    await api.rig.redis.hset(keys.run(run), 'acceptedAt', (await api.rig.redis.zscore(keys.recent, run)) ?? '');
  const seen: string[] = [];
  let pages = 0;
  for (let next = ''; ; pages += 1) {
    const page = await send(`/v1/runs?limit=4${next}`, { key });
    seen.push(...page.data.map(({ id }: Json) => id));
    expect(page.has_more).toBe(page.next_before !== null);
    if (!page.has_more) break;
    next = `&before=${encodeURIComponent(page.next_before)}`;
  }
  expect([seen.toSorted(), pages]).toEqual([runs.toSorted(), 2]);
});

test('the audit log comes page by page', async () => {
  const key = await api.key({ name: 'rows' });
  for (const deed of ['a', 'b']) await api.key({ name: `rows-${deed}` });
  const operator = await api.key({ roles: ['operator'] });
  const first = await send('/v1/audit?kind=key&limit=2', { key: operator });
  expect(first).toMatchObject({ has_more: true, next_before: first.data[1].id });
  const second = await send(`/v1/audit?kind=key&limit=500&before=${first.next_before}`, { key: operator });
  expect(second).toMatchObject({ has_more: false, next_before: null });
  const all = await send('/v1/audit?kind=key&limit=500', { key: operator });
  expect([...first.data, ...second.data]).toEqual(all.data);
  expect(await send('/v1/audit?before=2020-01-01', { key })).toMatchObject({ status: 200, data: [] });
});

test.each([
  ['/v1/runs?limit=', 'limit'],
  ['/v1/runs?limit=1e2', 'limit'],
  ['/v1/runs?limit=0x10', 'limit'],
  ['/v1/runs?limit=501', 'limit'],
  ['/v1/runs?limit=5&limit=6', 'limit'],
  ['/v1/runs?before=,api-1', 'before'],
  ['/v1/audit?before=1-1-1', 'before'],
  ['/v1/runs?since=2026-02-30', 'since'],
  ['/v1/audit?since=2026-11-31T10:00:00Z', 'since'],
])('%s is refused with words that say what is taken', async (route, param) => {
  const refused = await send(route, { key: await api.key() });
  expect(refused).toMatchObject({ status: 400, error: { param } });
  if (param === 'limit') expect(refused.error.message).toBe('limit: must be a whole number from 1 to 500');
});

test('a response is read from a number of an event on, and its input from an item on that it has', async () => {
  const key = await api.key();
  const { id } = await send('/v1/responses', { key, json: { input: 'hi' } });
  for (const place of ['', '0x3', '1.5', '1e3']) {
    const refused = await send(`/v1/responses/${id}?stream=true&starting_after=${place}`, { key });
    expect(refused).toMatchObject({ status: 400, error: { param: 'starting_after' } });
  }
  const after = await send(`/v1/responses/${id}/input_items?after=nope`, { key });
  expect(after).toMatchObject({ status: 400, error: { param: 'after' } });
});

test('whoever may not see a response reads the same words as for one that never was', async () => {
  const { id } = await send('/v1/responses', { key: await api.key(), json: { input: 'hi' } });
  const unstored = await send('/v1/responses', {
    key: await api.key({ name: 'off' }),
    json: { input: 'hi', store: false },
  });
  const key = await api.key();
  const words = await Promise.all(
    [id, unstored.id, 'resp_nobody', 'nonsense'].map(
      async (each) => (await send(`/v1/responses/${each}`, { key })).error,
    ),
  );
  expect(new Set(words.map((each) => JSON.stringify(each))).size).toBe(1);
});

test('a body full of long numbers holds up nobody', async () => {
  const numbers = Array.from({ length: 90_000 }, () => '1'.repeat(199)).join(',');
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: `{"x":[${numbers}]}` };
  const started = performance.now();
  expect(await send('/v1/chat/completions', { key: await api.key(), ...init })).toMatchObject({ status: 400 });
  // It took some seventeen seconds in which the door did nothing else.
  expect(performance.now() - started).toBeLessThan(7_000);
});

test('a body of more values than anybody needs is refused before they are looked at', async () => {
  const key = await api.key();
  const numbers = (count: number) => Array.from({ length: count }, () => '1').join(',');
  const headers = { 'content-type': 'application/json' };
  for (const body of [
    `{"model":"gpt-agent","input":[${numbers(400_001)}]}`,
    `{"model":"gpt-agent","input":[${Array.from({ length: 400_001 }, () => '[]').join('')}]}`,
  ]) {
    const { status, error } = await send('/v1/embeddings', { key, method: 'POST', headers, body });
    expect([status, error.message]).toEqual([400, 'The body holds more than 400000 values.']);
  }
  // As many tokens as OpenAI embeds at once.
  const body = `{"model":"gpt-agent","input":[${numbers(300_000)}]}`;
  expect((await send('/v1/embeddings', { key, method: 'POST', headers, body })).status).not.toBe(400);
});

test.each(['1e400', '-1E+309', `1${'0'.repeat(400)}`, `1${'0'.repeat(220)}e99`, '1.5e0309'])(
  'a number beyond the greatest is refused: %s',
  async (number) => {
    const body = `{"model":"gpt-agent","messages":[{"role":"user","content":"hi"}],"metadata":{"a":[${number}]}}`;
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    expect(await send('/v1/chat/completions', { key: await api.key(), ...init })).toMatchObject({ status: 400 });
  },
);

test.each([
  ['without a host', 'GET /v1/models HTTP/1.1\r\nconnection: close\r\n\r\n', 400, /Host is missing/],
  ['to a proxy', 'CONNECT example.org:443 HTTP/1.1\r\nhost: example.org:443\r\n\r\n', 405, /no proxy/],
  ['to no server of HTTP', '\u0016\u0003\u0001\u0002', 400, /no HTTP request/],
])('what is sent %s is answered in the shape of every error', async (_, bytes, status, words) => {
  const answer = await exchange(api.url, Buffer.from(bytes, 'latin1'));
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body).error).toMatchObject({
    type: 'invalid_request_error',
    message: expect.stringMatching(words),
  });
  expect(answer.headers['allow'] !== undefined).toBe(status === 405);
});

test('HTTP/1.0 needs no host', async () => {
  expect(await exchange(api.url, Buffer.from('GET /healthz HTTP/1.0\r\n\r\n'))).toMatchObject({ status: 200 });
});

test('a path whose percent signs begin no character is said to be one', async () => {
  const refused = await send('/v1/runs/%E0%A4%A', { key: await api.key() });
  expect(refused).toMatchObject({ status: 404, error: { code: 'unknown_url', message: expect.stringContaining('%') } });
});

test('a repetition of a first message leads to the session that it began', async () => {
  const key = await api.key();
  const headers = { 'idempotency-key': 'begin' };
  const first = await send('/chat', { key, json: { message: 'hi' }, headers });
  expect(await send('/chat', { key, json: { message: 'hi' }, headers })).toEqual(first);
  expect(await send(`/chat/${first.session_id}`, { key })).toMatchObject({ status: 200 });
});

test('an Idempotency-Key whose time is over stands for a new question', async () => {
  const key = await api.key();
  const headers = { 'idempotency-key': 'day' };
  const first = await send('/chat', { key, json: { message: 'hi' }, headers });
  await api.rig.redis.del(...(await api.rig.redis.keys(keys.idempotency('*'))));
  const next = await send('/chat', { key, json: { message: 'something else' }, headers });
  expect(next.status).toBe(200);
  expect(next.run).not.toBe(first.run);
});

test('headers with another word, or twice where one counts, are refused by name', async () => {
  const key = await api.key();
  for (const name of ['x-dragoman-approvals', 'x-dragoman-server-tools']) {
    const refused = await send('/v1/responses', { key, json: { input: 'hi' }, headers: { [name]: 'maybe' } });
    expect(refused).toMatchObject({ status: 400, error: { param: name } });
  }
  const socket = await open(api.url);
  const answer = readAnswer(socket);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': ['a', 'b'] };
  const body = Buffer.from('{"message":"hi"}');
  socket.write(requestBytes(new URL(api.url), { method: 'POST', path: '/chat', headers, body }));
  expect(await answer).toMatchObject({ status: 400 });
});

test('a bulk replay names a run that is not there, and replays none of the others', async () => {
  const key = await api.key({ roles: ['operator'] });
  const { dragoman } = await send('/v1/responses', { key, json: { input: 'hi' } });
  const refused = await send('/v1/failed', { key, json: { runs: [dragoman.run, 'nobody'], preview: false } });
  expect(refused).toMatchObject({
    status: 404,
    error: { param: 'runs[1]', message: expect.stringContaining('nobody') },
  });
  expect((await send(`/v1/runs/${dragoman.run}`, { key })).replayed_by).toBeUndefined();
});

test.each([
  ['compact', /not compacted.*previous_response_id/],
  ['input_tokens', /not counted before.*usage\.input_tokens/],
])('/v1/responses/%s is no response, and what to do instead is said', async (name, words) => {
  const refused = await send(`/v1/responses/${name}`, { key: await api.key(), json: { input: 'hi' } });
  expect(refused).toMatchObject({ status: 404, error: { type: 'invalid_request_error', code: 'unsupported_route' } });
  expect(refused.error.message).toMatch(words);
  expect(await send(`/v1/responses/${name}`, { json: { input: 'hi' } })).toMatchObject({ status: 401 });
});

test('what watches the service is told of a method that is not possible', async () => {
  for (const route of ['/healthz', '/health', '/readyz']) {
    const response = await api.send(route, { method: 'PUT' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
  }
});

test('a HEAD of a stream is answered at once, and its connection is free again', async () => {
  const key = await api.key();
  const { run, response } = await longRun(key);
  const socket = await open(api.url);
  const head = (method: string, path: string) =>
    `${method} ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n\r\n`;
  const said = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
      if (text.includes('"journal_entries"')) resolve(text);
    });
  });
  socket.write(head('HEAD', `/v1/runs/${run}/events`) + head('HEAD', `/v1/responses/${response}?stream=true`));
  socket.write(head('GET', `/v1/runs/${run}`));
  expect((await said).match(/content-type: text\/event-stream/gi)).toHaveLength(2);
  // It was not the run's end that set it free.
  expect(await said).toContain('"outcome":null');
  socket.destroy();
  await send(`/v1/runs/${run}/cancel`, { key, method: 'POST' });
});

test('every answer has the headers that keep browsers safe, and names no library', async () => {
  const key = await api.key();
  const stream = { ...ask, stream: true };
  const answers = [
    await api.send('/', {}),
    await api.send('/nothing', { key }),
    await api.send('/v1/models', {}),
    await api.send('/v1/chat/completions', { key, json: stream }),
  ];
  for (const answer of answers) {
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'self'"),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringContaining('max-age'),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
    });
    expect(answer.headers.get('x-powered-by')).toBeNull();
    await answer.text();
  }
});
