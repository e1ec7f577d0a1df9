import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { registry } from '#shared/process/metrics.ts';
import { monthOf, readUsage, type UsageRow } from '#shared/run/usage.ts';
import type { Turn } from '#test/model/turn.ts';
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
/** What happens while the gateway answers. */
let meanwhile = async (): Promise<unknown> => undefined;

beforeAll(async () => {
  api = await startApiRig({ policy, model: { extra: gateway }, api: { TITLE_MODEL: 'cheap' } });
});
afterAll(() => api[Symbol.asyncDispose]());
afterEach(() => {
  headers = {};
  meanwhile = async () => undefined;
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
  await meanwhile();
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
  const first = await embed(key);
  expect([first.status, first.headers.get('x-dragoman-budget')]).toEqual([200, 'used=0, limit=0.5']);
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

test('an answer that cannot be counted is not told as a model that is away', async () => {
  const key = await api.key();
  await embed(key);
  meanwhile = () => api.rig.redis.config('SET', 'maxmemory', '1');
  const answer = await embed(key).finally(() => api.rig.redis.config('SET', 'maxmemory', '0'));
  expect([answer.status, await answer.json()]).toMatchObject([503, { error: { code: 'unavailable' } }]);
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

test.each<[string, boolean, Turn]>([
  ['whole', false, { text: 'A title of some words', omitUsage: true }],
  ['in a stream', true, { text: 'A title of some words', omitUsage: true }],
  ['as nothing', false, { text: 'A title of some words', usage: { prompt_tokens: 0, completion_tokens: 0 } }],
])('tokens that nobody tells are counted here, answered %s', async (name, stream, turn) => {
  const key = await api.key({ name: `untold-${name.replaceAll(' ', '-')}` });
  api.rig.model.enqueue(turn);
  const messages = [{ role: 'user', content: 'one two three four '.repeat(100) }];
  const json = { model: 'gpt-agent-without-tools', stream, messages };
  await (await api.send('/v1/chat/completions', { key, json })).text();
  const { inputTokens = 0, outputTokens = 0, costUsd } = await used(`untold-${name.replaceAll(' ', '-')}`);
  expect(Math.abs(inputTokens - 400)).toBeLessThan(100);
  expect([outputTokens >= 4, outputTokens <= 10]).toEqual([true, true]);
  // The list of the gateway has a price for what goes in alone.
  expect(costUsd).toBeCloseTo(inputTokens * 0.001);
});

test.each([[true], [false]])('whoever leaves before the end has used what was asked; streamed: %s', async (stream) => {
  const name = `left-${String(stream)}`;
  const key = await api.key({ name });
  api.rig.model.enqueue({
    text: 'A title that takes long',
    chunkSize: 4,
    ...(stream ? { hangAfterChunks: 4 } : { hang: true }),
  });
  const leaves = new AbortController();
  const json = {
    model: 'gpt-agent-without-tools',
    stream,
    messages: [{ role: 'user', content: 'one two three four' }],
  };
  const asked = api.send('/v1/chat/completions', { key, json, signal: leaves.signal });
  if (stream) {
    const reader = (await asked).body!.getReader();
    let seen = '';
    while (!seen.includes('"A ti"')) seen += Buffer.from((await reader.read()).value ?? []).toString();
    leaves.abort();
  } else {
    await api.rig.model.received(1);
    leaves.abort();
    await asked.catch(() => undefined);
  }
  await expect.poll(async () => (await used(name)).passedOn).toBe(1);
  const { inputTokens, outputTokens } = await used(name);
  expect([(inputTokens ?? 0) > 3, (outputTokens ?? 0) > 0]).toEqual([true, stream]);
});
