import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { registry } from '#shared/process/metrics.ts';
import { monthOf, readUsage, type UsageRow } from '#shared/run/usage.ts';
import type { RawAnswer } from '#test/model/turn.ts';
import { startApiRig, type ApiRig } from './rig.ts';
import { readEvents, type Json } from './sse.ts';

// What is passed on to the model gateway without a run (embeddings, the model without tools) counts like runs.

const policy = `
version: 1
roles:
  member: { allow: ["*"] }
  poor: { allow: ["*"], budget_usd: 0.5 }
  rich: { allow: ["*"], budget_usd: 100 }
members: { everyone: [], terminal: [] }
`;

let api: ApiRig;
/** The head of the gateway's next answers. */
let headers: Record<string, string> = {};

beforeAll(async () => {
  api = await startApiRig({ policy, model: { extra: gateway }, api: { TITLE_MODEL: 'cheap' } });
});
afterAll(() => api[Symbol.asyncDispose]());
afterEach(() => {
  headers = {};
  api.rig.model.reset();
});

async function gateway(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const bodies: Record<string, object> = {
    '/v1/embeddings': { object: 'list', data: [], usage: { prompt_tokens: 1_000, total_tokens: 1_000 } },
    '/v1/model/info': {
      data: [
        { model_name: 'gpt-agent', model_info: { input_cost_per_token: 0.001, output_cost_per_token: null } },
        { model_name: 'other', model_info: { input_cost_per_token: 'much' } },
        'no entry',
      ],
    },
  };
  const body = bodies[request.url ?? ''];
  if (!body) return false;
  await text(request);
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  return true;
}

function embed(key: string, model = 'gpt-agent'): Promise<Response> {
  return api.send('/v1/embeddings', { key, json: { model, input: 'one' } });
}

async function used(name: string): Promise<Partial<UsageRow>> {
  const [row] = await readUsage(api.rig.redis, monthOf(Date.now()), `api:${name}`);
  return { ...row };
}

/** The counter belongs to the process, which other tests use too. */
async function tokensOfOther(): Promise<number> {
  const shape = /dragoman_model_tokens_total\{model="other",direction="in"\} (\d+)\n/;
  return Number(shape.exec(await registry.metrics())?.[1] ?? 0);
}

test('embeddings count by what the gateway says they cost, else by its prices, else as free', async () => {
  const key = await api.key({ name: 'embedder' });
  headers = { 'x-litellm-response-cost': '0.25' };
  expect((await embed(key)).status).toBe(200);
  expect(await used('embedder')).toMatchObject({ runs: 0, passedOn: 1, inputTokens: 1_000, costUsd: 0.25 });
  headers = { 'x-litellm-response-cost': 'None' };
  await embed(key);
  expect(await used('embedder')).toMatchObject({ passedOn: 2, inputTokens: 2_000, costUsd: 1.25 });
  const before = await tokensOfOther();
  await embed(key, 'other');
  expect(await used('embedder')).toMatchObject({ passedOn: 3, inputTokens: 3_000, outputTokens: 0, costUsd: 1.25 });
  const usage = (await (await api.send('/v1/usage', { key })).json()) as Json;
  expect(usage.data).toEqual([
    { caller: 'api:embedder', runs: 0, passed_on: 3, input_tokens: 3_000, output_tokens: 0, cost_usd: 1.25 },
  ]);
  expect((await tokensOfOther()) - before).toBe(1_000);
});

test.each([
  ["the key's own", { roles: ['member'], budgetUsd: 0.5 }],
  ["a role's", { roles: ['poor'] }],
  ['the smaller of both', { roles: ['rich'], budgetUsd: 0.5 }],
  ["the larger role's, and the key's below it", { roles: ['poor', 'rich'], budgetUsd: 0.5 }],
])('a budget that embeddings use up is used up for everything: %s', async (_, asked) => {
  const key = await api.key(asked);
  headers = { 'x-litellm-response-cost': '0.5' };
  expect((await embed(key)).status).toBe(200);
  expect(((await (await api.send('/v1/usage', { key })).json()) as Json).budget_usd).toBe(0.5);
  const messages = [{ role: 'user', content: 'hi' }];
  for (const [path, json] of [
    ['/v1/embeddings', { model: 'gpt-agent', input: 'one' }],
    ['/v1/chat/completions', { model: 'gpt-agent', messages }],
    ['/v1/chat/completions', { model: 'gpt-agent-without-tools', messages }],
    ['/v1/responses', { input: 'hi' }],
  ] as const) {
    const answer = await api.send(path, { key, json });
    expect([path, answer.status, await answer.json()]).toMatchObject([
      path,
      429,
      { error: { code: 'insufficient_quota' } },
    ]);
  }
});

test('a role with a larger budget lets more through', async () => {
  const key = await api.key({ roles: ['poor', 'rich'] });
  headers = { 'x-litellm-response-cost': '0.5' };
  for (let times = 0; times < 3; times += 1) expect((await embed(key)).status).toBe(200);
});

test.each([[false], [true]])('the model without tools counts, streamed too; usage asked for: %s', async (asked) => {
  const name = `plain-${String(asked)}`;
  const key = await api.key({ name });
  const turn = { text: 'A title', usage: { prompt_tokens: 7, completion_tokens: 3 }, cost: 0.125 };
  api.rig.model.enqueue(turn, turn);
  const json = { model: 'gpt-agent-without-tools', messages: [{ role: 'user', content: 'Title?' }] };
  const whole = (await (await api.send('/v1/chat/completions', { key, json })).json()) as Json;
  expect(whole.choices[0].message.content).toBe('A title');
  const streamed = { ...json, stream: true, ...(asked && { stream_options: { include_usage: true } }) };
  const events = await readEvents(await api.send('/v1/chat/completions', { key, json: streamed }));
  expect(events.map(({ data }) => data.choices?.[0]?.delta?.content ?? '').join('')).toBe('A title');
  expect(events.at(-1)?.data).toBe('[DONE]');
  expect(events.some(({ data }) => data.choices?.length === 0)).toBe(asked);
  expect(await used(name)).toMatchObject({ passedOn: 2, inputTokens: 14, outputTokens: 6, costUsd: 0.25 });
});

test('titles come from the model that the operator has chosen for them, and nothing else does', async () => {
  const key = await api.key();
  const messages = [{ role: 'user', content: 'Title?' }];
  for (const [model, asked] of [
    ['dragoman-without-tools', 'cheap'],
    ['gpt-agent-without-tools', 'gpt-agent'],
  ] as const) {
    api.rig.model.enqueue({ text: 'A title' });
    expect((await api.send('/v1/chat/completions', { key, json: { model, messages } })).status).toBe(200);
    expect(api.rig.model.requests.at(-1)?.body.model).toBe(asked);
  }
});

test('a stream of the model without tools that breaks off says so', async () => {
  const key = await api.key();
  api.rig.model.enqueue({ text: 'A title that never ends', chunkSize: 4, chunkDelayMs: 30, cutAfterChunks: 3 });
  const json = { model: 'gpt-agent-without-tools', stream: true, messages: [{ role: 'user', content: 'Title?' }] };
  const events = await readEvents(await api.send('/v1/chat/completions', { key, json }));
  expect(events.at(-1)?.data.error).toMatchObject({ type: 'server_error', code: 'model_unreachable' });
});

test.each(['/v1/embeddings', '/v1/chat/completions'])(
  'at %s a key waits for as many answers at once as it may, and is told of a restart',
  async (path) => {
    let embeddings = 0;
    await using door = await startApiRig({
      api: { API_STREAMS_PER_KEY: 2 },
      model: {
        async extra(request) {
          if (request.url !== '/v1/embeddings') return false;
          await text(request);
          embeddings += 1;
          return true;
        },
      },
    });
    const asked = () => embeddings + door.rig.model.requests.length;
    door.rig.model.enqueue({ hang: true }, { hang: true }, { hang: true });
    const key = await door.key();
    const model = path === '/v1/embeddings' ? 'gpt-agent' : 'gpt-agent-without-tools';
    const json = { model, messages: [{ role: 'user', content: 'Title?' }], input: 'one' };
    const leaves = new AbortController();
    const left = expect(door.send(path, { key, json, signal: leaves.signal })).rejects.toThrow('aborted');
    const waiting = [door.send(path, { key, json })];
    await expect.poll(asked).toBe(2);
    const refused = await door.send(path, { key, json });
    expect([refused.status, await refused.json()]).toMatchObject([429, { error: { code: 'too_many_streams' } }]);
    expect(asked()).toBe(2);
    leaves.abort();
    await left;
    const again = () => door.send(path, { key, json, signal: AbortSignal.timeout(300) }).catch(() => ({ status: 0 }));
    await expect.poll(async () => (await again()).status).toBe(0);
    await Promise.all([
      door.stop(),
      ...waiting.map(async (each) => {
        const answer = await each;
        expect([answer.status, await answer.json()]).toMatchObject([503, { error: { code: 'shutting_down' } }]);
      }),
    ]);
  },
);

test('a stream of the model without tools says so when this door is restarted', async () => {
  await using door = await startApiRig();
  const key = await door.key();
  door.rig.model.enqueue({ text: 'A title that takes long', chunkSize: 4, hangAfterChunks: 3 });
  const json = { model: 'gpt-agent-without-tools', stream: true, messages: [{ role: 'user', content: 'Title?' }] };
  const answer = await door.send('/v1/chat/completions', { key, json });
  const [events] = await Promise.all([readEvents(answer), door.stop()]);
  expect(events.at(-1)?.data.error).toMatchObject({ type: 'server_error', code: 'shutting_down' });
});

const heads = {
  json: { 'content-type': 'application/json' },
  html: { 'content-type': 'text/html' },
  sse: { 'content-type': 'text/event-stream' },
};
const part = (content: string, finish: string | null = null) =>
  JSON.stringify({
    id: 'c',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { content }, finish_reason: finish }],
  });
const whole = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'A title' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1 },
});

/** What a client of the model without tools gets when the gateway sends this. */
async function passed(stream: boolean, raw: RawAnswer): Promise<{ status: number; text: string; error?: Json }> {
  api.rig.model.enqueue({ raw });
  const json = { model: 'gpt-agent-without-tools', stream, messages: [{ role: 'user', content: 'Title?' }] };
  const answer = await api.send('/v1/chat/completions', { key: await api.key(), json });
  const { status } = answer;
  if (!stream || status !== 200) {
    const { choices, error } = (await answer.json()) as Json;
    return { status, text: choices?.[0].message.content ?? '', ...(error && { error }) };
  }
  const events = await readEvents(answer);
  const error = events.at(-1)?.data.error as Json | undefined;
  if (!error) expect(events.at(-1)?.data).toBe('[DONE]');
  return {
    status,
    text: events.map(({ data }) => data.choices?.[0]?.delta.content ?? '').join(''),
    ...(error && { error }),
  };
}

test.each<[string, boolean, RawAnswer]>([
  ['in one piece', false, { headers: heads.json, pieces: [whole] }],
  ['in one piece where a stream was asked for', true, { headers: heads.json, pieces: [whole] }],
  [
    'with lines of another system',
    true,
    { pieces: [`\uFEFFdata: ${part('A ')}\r\n\r\ndata:${part('title', 'stop')}\r\n\r\ndata: [DONE]\r\n\r\n`] },
  ],
  ['without an empty line at its end', true, { pieces: [`data: ${part('A title', 'stop')}\n\ndata: [DONE]`] }],
  ['without a word that it is done', true, { pieces: [`data: ${part('A title', 'stop')}\n\n`] }],
  [
    'with comments, and events behind its end',
    true,
    { pieces: [`: hi\n\ndata: ${part('A title')}\n\ndata: [DONE]\n\ndata: x\n\n`] },
  ],
])('an answer of the model without tools that comes %s is whole', async (_, stream, raw) => {
  expect(await passed(stream, raw)).toEqual({ status: 200, text: 'A title' });
});

test.each<[string, RawAnswer]>([
  ['a page', { headers: heads.html, pieces: ['<html>no</html>'] }],
  [
    'an error that calls itself a success',
    { headers: heads.json, pieces: ['{"error":{"message":"key sk-secret","code":500}}'] },
  ],
  ['nothing', { headers: heads.json, pieces: [''] }],
  ['no answer', { headers: heads.json, pieces: ['{"detail":"x"}'] }],
])('%s in the place of an answer is a failure, in a stream as well', async (_, raw) => {
  const failed = { text: '', error: { type: 'server_error', code: 'model_unreachable' } };
  expect(await passed(false, raw)).toMatchObject({ ...failed, status: 502 });
  expect(await passed(true, raw)).toMatchObject({ ...failed, status: 200 });
});

test.each<[string, string]>([
  ['an error', 'data: {"error":{"message":"key sk-secret","type":"x","code":"500"}}\n\ndata: [DONE]\n\n'],
  ['an error in its own words', 'event: error\ndata: {"message":"sk-secret"}\n\n'],
  ['no JSON', 'data: oops sk-secret\n\ndata: [DONE]\n\n'],
  ['nothing more', ''],
])('a stream that goes on with %s ends with a failure, and the words of the provider stay here', async (_, rest) => {
  const { error, ...got } = await passed(true, { pieces: [`data: ${part('A ')}\n\n`, rest || ': x\n\n'] });
  expect(got).toEqual({ status: 200, text: 'A ' });
  expect(error).toEqual({
    message: 'The model cannot be reached at the moment.',
    type: 'server_error',
    param: null,
    code: 'model_unreachable',
  });
});

test('a stream shows life while the model is silent', async () => {
  api.rig.model.enqueue({ hang: true });
  const leaves = new AbortController();
  const json = { model: 'gpt-agent-without-tools', stream: true, messages: [{ role: 'user', content: 'Title?' }] };
  const answer = await api.send('/v1/chat/completions', { key: await api.key(), json, signal: leaves.signal });
  const { value } = await answer.body!.getReader().read();
  expect(Buffer.from(value ?? []).toString()).toBe(': accepted\n\n');
  leaves.abort();
});

test.each([
  ['7', '7'],
  ['0.5', '1'],
  ['soon', '5'],
  ['-3', '5'],
  [new Date(Date.now() - 60_000).toUTCString(), '1'],
])('a busy model: whoever is told to wait %s reads a number of seconds', async (given, told) => {
  api.rig.model.fail(1, { status: 429, headers: { 'retry-after': given } });
  const json = { model: 'gpt-agent-without-tools', messages: [{ role: 'user', content: 'Title?' }] };
  const answer = await api.send('/v1/chat/completions', { key: await api.key(), json });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, told]);
});

test('only what a run would pass on reaches the gateway: no tools, nobody else, and no other model', async () => {
  let embedded: unknown;
  await using door = await startApiRig({
    model: {
      async extra(request, response) {
        if (request.url !== '/v1/embeddings') return false;
        embedded = JSON.parse(await text(request));
        response.end(JSON.stringify({ object: 'list', data: [] }));
        return true;
      },
    },
  });
  const key = await door.key({ models: ['gpt-agent'] });
  // LiteLLM's own: https://docs.litellm.ai/docs/proxy/reliability, /docs/proxy/user_keys
  const foreign = {
    fallbacks: ['other'],
    mock_testing_fallbacks: true,
    context_window_fallbacks: [{ 'gpt-agent': ['other'] }],
    api_base: 'http://elsewhere.example',
    metadata: { tags: 'x' },
    litellm_metadata: { tags: ['x'] },
    user: 'somebody-else',
    extra_headers: { a: 'b' },
  };
  const tools = [{ type: 'function', function: { name: 'a' } }];
  const messages = [{ role: 'user', content: 'Title?' }];
  const asked = { messages, temperature: 0.5, max_tokens: 20, stop: null, seed: 7 };
  const about = { tools, tool_choice: 'auto', parallel_tool_calls: true, dragoman: { mode: 'guided' } };
  const title = { model: 'gpt-agent-without-tools', ...asked, ...about, ...foreign };
  door.rig.model.enqueue({ text: 'A title' });
  expect((await door.send('/v1/chat/completions', { key, json: title })).status).toBe(200);
  const passedOn = { model: 'gpt-agent', messages, temperature: 0.5, max_tokens: 20, seed: 7 };
  expect(door.rig.model.requests.at(-1)?.body).toEqual(passedOn);
  const texts = { model: 'gpt-agent', input: 'one', encoding_format: 'float', dimensions: 8, input_type: 'query' };
  const answer = await door.send('/v1/embeddings', { key, json: { ...texts, ...foreign, stream: true } });
  expect([answer.status, embedded]).toEqual([200, texts]);
});
