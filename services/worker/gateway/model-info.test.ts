import type { ServerResponse } from 'node:http';
import { Agent } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { configureLogging } from '#shared/process/log.ts';
import { startPlayedModel, type PlayedModel } from '#test/model/played-model.ts';
import { createGateway } from './create-gateway.ts';
import type { Usage } from '#shared/run/request.ts';
import { createModelInfo, type ModelInfo } from './model-info.ts';

const price = (name: string, input: unknown, output: unknown) => ({
  model_name: name,
  model_info: { input_cost_per_token: input, output_cost_per_token: output },
});
const deployed = (name: string, params: object, model_info: object = {}) => ({
  model_name: name,
  litellm_params: params,
  model_info,
});
const deployments = [
  deployed('default', { model: 'gemini/gemini-2.5-flash' }, { litellm_provider: 'gemini' }),
  deployed('gpt-but-local', { model: 'openai/qwen3', api_base: 'http://10.0.0.1' }),
  deployed('claude-but-both', { model: 'anthropic/claude-5' }),
  deployed('claude-but-both', { model: 'vertex_ai/gemini-3' }),
  deployed('apart', { model: 'ours', custom_llm_provider: 'anthropic' }),
  deployed('odd', { model: 5, api_base: [] }, { litellm_provider: {}, base_model: 1 }),
];
const list = {
  data: [
    price('dear', 0.001, 0.01),
    price('dear', 5, 5),
    price('free', 0, 0),
    price('unknown', null, null),
    ...deployments,
    null,
    { model_name: 7 },
    price('odd-price', -1, 'free'),
    { model_name: 'odd-info', model_info: 'none' },
    { model_name: 'bare' },
  ],
};

let model: PlayedModel;
let asked = 0;
let answer: (response: ServerResponse) => void;
let info: ModelInfo;
const dispatcher = new Agent();

beforeAll(async () => {
  configureLogging('test', 'silent');
  model = await startPlayedModel({
    extra(request, response) {
      if (request.url !== '/v1/model/info') return false;
      asked += 1;
      answer(response);
      return true;
    },
  });
});
afterAll(async () => {
  await dispatcher.destroy();
  await model[Symbol.asyncDispose]();
});
afterEach(() => vi.useRealTimers());
beforeEach(() => {
  asked = 0;
  answer = (response) => response.end(JSON.stringify(list));
  info = createModelInfo({ dispatcher, origin: new URL(model.url).origin, path: '/v1/chat/completions', key: 'k' });
});

const usage = { inputTokens: 1_000, outputTokens: 100 };

test.each([
  ['dear', 2],
  ['free', 0],
  ['unknown', undefined],
  ['odd-price', undefined],
  ['odd-info', undefined],
  ['bare', undefined],
  ['absent', undefined],
])('%s costs %s', async (name, cost) => {
  expect(await info.costOf(name, usage)).toBe(cost);
});

test.each([
  ['default', 'gemini'],
  ['gpt-but-local', 'other'],
  ['claude-but-both', 'mixed'],
  ['apart', 'anthropic'],
  ['odd', 'other'],
  ['bare', 'other'],
  ['gpt-5', 'openai'],
  ['absent', 'other'],
])('%s is of the family %s', async (name, family) => {
  expect(await info.familyOf(name)).toBe(family);
});

test('a list that does not come is not waited for, and counts when it has come', async () => {
  const held = Promise.withResolvers<ServerResponse>();
  answer = held.resolve;
  const started = performance.now();
  expect(await info.familyOf('default')).toBe('other');
  expect(performance.now() - started).toBeLessThan(2_000);
  (await held.promise).end(JSON.stringify(list));
  await expect.poll(() => info.familyOf('default')).toBe('gemini');
  expect(asked).toBe(1);
});

test('the last list counts when there is no newer one', async () => {
  expect(await info.familyOf('default')).toBe('gemini');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
  answer = (response) => response.writeHead(500).end();
  expect(await info.familyOf('default')).toBe('gemini');
  await expect.poll(() => asked).toBe(2);
  expect(await info.familyOf('default')).toBe('gemini');
});

test('the list is read once for many answers', async () => {
  await Promise.all(Array.from({ length: 20 }, () => info.costOf('dear', usage)));
  await info.costOf('free', usage);
  expect(asked).toBe(1);
});

test.each<[string, (response: ServerResponse) => void]>([
  ['no list', (response) => response.writeHead(404).end()],
  ['a page', (response) => response.end('<html>')],
  ['another form', (response) => response.end('{"data":[{"id":1}]}')],
])('%s is no price and no provider, and not asked for again at once', async (_, send) => {
  answer = send;
  expect(await info.familyOf('claude-5')).toBe('anthropic');
  expect(await info.costOf('dear', usage)).toBeUndefined();
  expect(await info.costOf('dear', usage)).toBeUndefined();
  expect(asked).toBe(1);
});

test.each<[string, number | undefined, Partial<Usage>]>([
  ['a cost that was reported stays', 0.25, { costUsd: 0.25, estimated: false }],
  ['a cost that was not is estimated', undefined, { costUsd: 2, estimated: true }],
])('%s', async (_, cost, expected) => {
  await using gateway = createGateway({
    LITELLM_API_BASE: model.url,
    LITELLM_API_KEY: 'sk-test-of-model-info',
    TOOL_PROTOCOL: 'auto',
    MODEL_TIMEOUT_MS: 20_000,
    MODEL_FIRST_TOKEN_TIMEOUT_MS: 20_000,
    MODEL_IDLE_TIMEOUT_MS: 20_000,
  });
  model.enqueue({
    text: 'hello',
    usage: { prompt_tokens: 1_000, completion_tokens: 100 },
    ...(cost !== undefined && { cost }),
  });
  const request = { model: 'dear', messages: [], tools: [], endUser: 'u', trace: 't', source: 's' };
  let reported: Usage | undefined;
  for await (const event of gateway.stream({ ...request, toolChoice: 'auto' }, new AbortController().signal)) {
    if (event.type === 'answer') reported = event.answer.usage;
  }
  expect(reported).toEqual({ ...usage, ...expected });
});
