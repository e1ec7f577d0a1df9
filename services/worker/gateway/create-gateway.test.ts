import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { DragomanError, UpstreamError } from '#shared/ground/errors.ts';
import { listen } from '#shared/process/health.ts';
import { configureLogging } from '#shared/process/log.ts';
import { registry } from '#shared/process/metrics.ts';
import { litellmErrors } from '#test/model/litellm-errors.ts';
import { startPlayedModel, type PlayedModel } from '#test/model/played-model.ts';
import type { Turn } from '#test/model/turn.ts';
import { createGateway, type GatewayConfig, type GatewayOverrides } from './create-gateway.ts';
import type { ModelAnswer, ModelGateway, ModelRequest } from './gateway.ts';

let model: PlayedModel;
let gateway: ModelGateway;

beforeAll(async () => {
  configureLogging('test', 'silent');
  model = await startPlayedModel();
});
afterAll(() => model[Symbol.asyncDispose]());
beforeEach(() => {
  model.reset();
  gateway = make();
});
afterEach(() => {
  vi.useRealTimers();
  return gateway[Symbol.asyncDispose]();
});

function make(config: Partial<GatewayConfig> = {}, overrides?: GatewayOverrides): ModelGateway {
  const defaults: GatewayConfig = {
    LITELLM_API_BASE: model.url,
    LITELLM_API_KEY: 'sk-very-secret-key',
    TOOL_PROTOCOL: 'auto',
    MODEL_TIMEOUT_MS: 20_000,
    MODEL_FIRST_TOKEN_TIMEOUT_MS: 20_000,
    MODEL_IDLE_TIMEOUT_MS: 20_000,
  };
  return createGateway({ ...defaults, ...config }, { breakerFailures: 10_000, ...overrides });
}

const request: ModelRequest = {
  model: 'played-model',
  messages: [{ role: 'user', content: 'hello' }],
  tools: [],
  toolChoice: 'auto',
  endUser: 'discord:42',
  trace: 'run-1',
  source: 'discord',
};

interface Heard {
  texts: string[];
  answer: ModelAnswer | undefined;
}

async function hear(
  from = gateway,
  signal = new AbortController().signal,
  extra: Partial<ModelRequest> = {},
  heard: Heard = { texts: [], answer: undefined },
): Promise<Heard> {
  for await (const event of from.stream({ ...request, ...extra }, signal)) {
    if (event.type === 'text') heard.texts.push(event.text);
    else heard.answer = event.answer;
  }
  return heard;
}

async function failureOf(work: Promise<unknown>): Promise<DragomanError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DragomanError);
  return error as DragomanError;
}

const calls = [
  { name: 'a', arguments: { path: 'x'.repeat(60) }, id: 'call_1' },
  { name: 'b', arguments: {}, id: 'call_2' },
];

test('text streams, then the whole answer with usage and cost; the request says who asks', async () => {
  const text = 'The answer to this question is forty-two.';
  model.enqueue({
    text,
    usage: { prompt_tokens: 7, completion_tokens: 3 },
    cost: 0.25,
    chunkDelayMs: 3,
    chunkSize: 10,
  });
  const { texts, answer } = await hear(gateway, undefined, { maxOutputTokens: 99 });
  expect(texts.length).toBeGreaterThan(1);
  expect(texts.join('')).toBe(text);
  expect(answer).toEqual({
    text,
    toolCalls: [],
    finishReason: 'stop',
    usage: { inputTokens: 7, outputTokens: 3, costUsd: 0.25, estimated: false },
  });
  const sent = model.requests[0]!;
  expect(sent.headers).toMatchObject({
    authorization: 'Bearer sk-very-secret-key',
    'x-litellm-end-user-id': 'discord:42',
    'x-litellm-trace-id': 'run-1',
    'x-litellm-tags': 'dragoman,source:discord',
  });
  expect(sent.body).toMatchObject({ stream: true, stream_options: { include_usage: true }, max_tokens: 99 });
  expect(await registry.metrics()).toMatch(/dragoman_model_tokens_total\{model="played-model",direction="out"\} \d/);
});

test('reasoning and think tags are dropped; tool calls come whole', async () => {
  model.enqueue({ thinkTags: 'hmm, </thin', reasoning: 'deep', text: 'I look.', toolCalls: calls, chunkSize: 3 });
  const { texts, answer } = await hear();
  expect(texts.join('')).toBe('I look.');
  expect(answer?.toolCalls).toEqual([
    { id: 'call_1', name: 'a', arguments: JSON.stringify(calls[0]!.arguments) },
    { id: 'call_2', name: 'b', arguments: '{}' },
  ]);
  expect(answer?.finishReason).toBe('tool_calls');
});

test('a model that begins with an unopened thought is listened to before it is shown', async () => {
  model.handle(() => ({ text: 'Ada asks; be brief.\n</think>\n\nFour, I think.', chunkSize: 4, chunkDelayMs: 1 }));
  const first = await hear();
  const second = await hear();
  for (const { answer } of [first, second]) expect(answer?.text).toBe('Four, I think.');
  expect(first.texts.join('')).toContain('Ada asks');
  expect(second.texts.join('')).toBe('Four, I think.');
  expect(second.texts.length).toBeGreaterThan(1);
  model.handle(() => ({ text: 'Without a thought.' }));
  expect((await hear()).texts.join('')).toBe('Without a thought.');
});

test.each([
  [500, 'unexpected end of stream'],
  [502, 'invalid response from upstream while streaming'],
  [400, 'unknown tool call id in messages'],
])('a failure that only speaks like a refusal (%i %s) changes nothing', async (status, message) => {
  model.enqueue({ error: { status, body: { error: { message } } } });
  await failureOf(hear());
  expect(model.requests).toHaveLength(1);
  await hear();
  expect(model.requests[1]?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
});

test('usage that comes early counts, usage that does not come is estimated', async () => {
  model.enqueue({ text: 'x', usage: { prompt_tokens: 1, completion_tokens: 2 }, usageInNonFinalChunk: true });
  model.enqueue({ text: 'x', omitUsage: true });
  // The cost comes from the price list, and must not pass for a reported one.
  expect((await hear()).answer?.usage).toMatchObject({ inputTokens: 1, outputTokens: 2, estimated: true });
  expect((await hear()).answer?.usage).toMatchObject({
    inputTokens: expect.any(Number),
    outputTokens: 6,
    estimated: true,
  });
});

describe("LiteLLM's errors", () => {
  const wanted: Record<keyof typeof litellmErrors, [reason: string, retryable: boolean, retryAfterMs?: number]> = {
    gatewayRateLimit: ['rate-limit', true, 1_000],
    providerRateLimit: ['rate-limit', true],
    routerCooldown: ['rate-limit', true, 1_000],
    budgetExceeded: ['budget-exceeded', false],
    budgetExceededOlder: ['budget-exceeded', false],
    contextTooLong: ['context-too-long', false],
    contextTooLongByCode: ['context-too-long', false],
    badKey: ['bad-key', false],
    modelDenied: ['bad-key', false],
    toolDenied: ['bad-key', false],
    timeout: ['timeout', true],
    frameworkNotFound: ['bad-endpoint', false],
    serverError: ['provider-error', true],
    unavailable: ['overloaded', true],
    midStream: ['provider-error', true],
  };
  test.each(Object.entries(wanted))('%s', async (name, [reason, retryable, retryAfterMs]) => {
    model.enqueue(litellmErrors[name as keyof typeof litellmErrors].turn);
    const heard: Heard = { texts: [], answer: undefined };
    const error = await failureOf(hear(gateway, undefined, {}, heard));
    expect({ reason: error.reason, retryable: error.retryable }).toEqual({ reason, retryable });
    expect(error instanceof UpstreamError ? error.retryAfterMs : undefined).toBe(retryAfterMs);
    expect(error.message).toMatch(/^[A-Z].*\.$/);
    expect(heard.answer).toBeUndefined();
  });
});

test('a key that the provider repeats does not get into the error', async () => {
  model.fail(1, { status: 401, body: { error: { message: 'Wrong key sk-very-secret-key given' } } });
  const error = await failureOf(hear());
  expect(`${error.message} ${(error.cause as Error).message}`).not.toContain('very-secret');
});

// wire.test.ts tries every byte; here the cuts are those of a real connection.
test('an answer cut anywhere is an error or the whole answer, never a part of it', async () => {
  const turn: Turn = { text: 'abc', toolCalls: [{ name: 't', arguments: { a: 1 }, id: 'call_1' }], chunkSize: 6 };
  model.handle(({ user }) => (user === 'whole' ? turn : { ...turn, cutAfterBytes: Number(user) }));
  const ask = (content: string): Partial<ModelRequest> => ({ messages: [{ role: 'user', content }] });
  const body = JSON.stringify({ model: 'm', stream: true, stream_options: { include_usage: true }, ...ask('whole') });
  const { length } = await (await fetch(`${model.url}/chat/completions`, { method: 'POST', body })).text();
  expect(length).toBeGreaterThan(500);
  const cuts = Array.from({ length: Math.ceil(length / 19) }, (_, index) => index * 19);
  const outcomes = await Promise.all(
    cuts.map((at) => hear(gateway, undefined, ask(String(at))).catch((error: unknown) => error)),
  );
  const answers = outcomes.filter((outcome) => !(outcome instanceof UpstreamError)) as Heard[];
  for (const outcome of outcomes) {
    if (outcome instanceof UpstreamError) expect(['cut-stream', 'network']).toContain(outcome.reason);
  }
  for (const { answer } of answers) {
    expect(answer).toMatchObject({ text: 'abc', toolCalls: [{ id: 'call_1', name: 't', arguments: '{"a":1}' }] });
  }
  // After the finish reason nothing is missing except the usage.
  expect(answers.length).toBeGreaterThan(0);
  expect(answers.length).toBeLessThan(cuts.length / 2);
});

describe('time-outs', () => {
  test.each<[string, Turn, Partial<GatewayConfig>]>([
    ['never begins', { hang: true }, { MODEL_FIRST_TOKEN_TIMEOUT_MS: 100 }],
    ['stops in the middle', { text: 'a'.repeat(100), hangAfterChunks: 3 }, { MODEL_IDLE_TIMEOUT_MS: 100 }],
    ['has no end', { text: 'a'.repeat(5_000), chunkDelayMs: 20 }, { MODEL_TIMEOUT_MS: 200 }],
  ])('%s', async (_, turn, config) => {
    await using impatient = make(config);
    model.enqueue(turn);
    expect(await failureOf(hear(impatient))).toMatchObject({ reason: 'timeout', retryable: true });
    expect((await model.ended(0)).aborted).toBe(true);
  });
});

test('an abort throws its reason at once and closes the connection', async () => {
  const stop = new AbortController();
  model.enqueue({ text: 'a'.repeat(100), hangAfterChunks: 3 });
  const reason = new Error('stopped by somebody');
  const heard = hear(gateway, stop.signal);
  await model.received(1);
  stop.abort(reason);
  await expect(heard).rejects.toBe(reason);
  expect((await model.ended(0)).aborted).toBe(true);
});

test('leaving the stream in its middle closes the connection', async () => {
  model.enqueue({ text: 'a'.repeat(1_000), chunkDelayMs: 5 });
  for await (const event of gateway.stream(request, new AbortController().signal)) {
    if (event.type === 'text') break;
  }
  expect((await model.ended(0)).aborted).toBe(true);
});

test('connections are used again', async () => {
  let connections = 0;
  let ended = Promise.withResolvers<void>();
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const usage = '{"prompt_tokens":1,"completion_tokens":1,"cost":0}';
    const choice = '{"delta":{"content":"x"},"finish_reason":"stop"}';
    response.write(`data: {"choices":[${choice}],"usage":${usage}}\n\ndata: [DONE]\n\n`);
    // The end comes after what counts has been read. The rest must be read too, or the connection is lost.
    setTimeout(() => response.end(ended.resolve), 5);
  }).on('connection', () => (connections += 1));
  await listen(server, 0, '127.0.0.1');
  await using other = make({ LITELLM_API_BASE: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  for (let index = 0; index < 5; index += 1) {
    ended = Promise.withResolvers<void>();
    expect((await hear(other)).answer?.text).toBe('x');
    await ended.promise;
    // The end is on its way within this process, and each turn of the event loop reads what comes in.
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
  }
  server.close();
  expect(connections).toBe(1);
});

test('a gateway that is away is a network error, and soon is not even asked', async () => {
  await using impatient = make({}, { breakerFailures: 2, breakerMs: 60_000 });
  await model.down();
  expect((await failureOf(hear(impatient))).reason).toBe('network');
  expect((await failureOf(hear(impatient))).reason).toBe('network');
  expect(await failureOf(hear(impatient))).toMatchObject({ reason: 'model-away', retryAfterMs: 60_000 });
  expect(await registry.metrics()).toContain('dragoman_breaker_state{target="model:played-model"} 2');
  await expect(impatient.check()).rejects.toThrow('LITELLM_API_BASE');
  await model.up();
  await impatient.check();
  vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
  expect((await hear(impatient)).answer?.finishReason).toBe('stop');
  expect(await registry.metrics()).toContain('dragoman_breaker_state{target="model:played-model"} 0');
});
