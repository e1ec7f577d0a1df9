import type { ServerResponse } from 'node:http';
import { Agent } from 'undici';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { configureLogging } from '#shared/process/log.ts';
import { startPlayedModel, type PlayedModel } from '#test/model/played-model.ts';
import { createGateway } from './create-gateway.ts';
import type { ReportedUsage } from './gateway.ts';
import { createPrices, type Prices } from './prices.ts';

const price = (name: string, input: unknown, output: unknown) => ({
  model_name: name,
  model_info: { input_cost_per_token: input, output_cost_per_token: output },
});
const list = {
  data: [
    price('dear', 0.001, 0.01),
    price('dear', 5, 5),
    price('free', 0, 0),
    price('unknown', null, null),
    { model_name: 'bare' },
  ],
};

let model: PlayedModel;
let asked = 0;
let answer: (response: ServerResponse) => void;
let prices: Prices;
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
beforeEach(() => {
  asked = 0;
  answer = (response) => response.end(JSON.stringify(list));
  prices = createPrices({ dispatcher, origin: new URL(model.url).origin, path: '/v1/chat/completions', key: 'k' });
});

const usage = { inputTokens: 1_000, outputTokens: 100 };

test.each([
  ['dear', 2],
  ['free', 0],
  ['unknown', undefined],
  ['bare', undefined],
  ['absent', undefined],
])('%s costs %s', async (name, cost) => {
  expect(await prices.costOf(name, usage)).toBe(cost);
});

test('the list is read once for many answers', async () => {
  await Promise.all(Array.from({ length: 20 }, () => prices.costOf('dear', usage)));
  await prices.costOf('free', usage);
  expect(asked).toBe(1);
});

test.each<[string, (response: ServerResponse) => void]>([
  ['no list', (response) => response.writeHead(404).end()],
  ['a page', (response) => response.end('<html>')],
  ['another form', (response) => response.end('{"data":[{"id":1}]}')],
])('%s is no price, and not asked for again at once', async (_, send) => {
  answer = send;
  expect(await prices.costOf('dear', usage)).toBeUndefined();
  expect(await prices.costOf('dear', usage)).toBeUndefined();
  expect(asked).toBe(1);
});

test.each<[string, number | undefined, Partial<ReportedUsage>]>([
  ['a cost that was reported stays', 0.25, { costUsd: 0.25 }],
  ['a cost that was not is estimated', undefined, { costUsd: 2, estimated: true }],
])('%s', async (_, cost, expected) => {
  await using gateway = createGateway({
    LITELLM_API_BASE: model.url,
    LITELLM_API_KEY: 'sk-test-of-prices',
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
  let reported: ReportedUsage | undefined;
  for await (const event of gateway.stream({ ...request, toolChoice: 'auto' }, new AbortController().signal)) {
    if (event.type === 'answer') reported = event.answer.usage;
  }
  expect(reported).toEqual({ ...usage, ...expected });
});
