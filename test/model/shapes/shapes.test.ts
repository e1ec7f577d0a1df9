import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createGateway } from '#services/worker/gateway/create-gateway.ts';
import type { ChatMessage } from '#services/worker/gateway/chat.ts';
import type { ModelAnswer, ModelGateway, ModelRequest } from '#services/worker/gateway/gateway.ts';
import { DragomanError, UpstreamError } from '#shared/ground/errors.ts';
import { startPlayedModel, type PlayedModel } from '../played-model.ts';
import { eventsOf, parseShapes, readShapes, turnOf, usualTools, type Shape } from './driver.ts';

let model: PlayedModel;
beforeAll(async () => {
  model = await startPlayedModel({ models: [] });
});
afterAll(() => model[Symbol.asyncDispose]());
beforeEach(() => model.reset());

function newGateway(): ModelGateway {
  return createGateway(
    {
      LITELLM_API_BASE: model.url,
      LITELLM_API_KEY: 'none',
      TOOL_PROTOCOL: 'native',
      MODEL_TIMEOUT_MS: 20_000,
      MODEL_FIRST_TOKEN_TIMEOUT_MS: 20_000,
      MODEL_IDLE_TIMEOUT_MS: 20_000,
    },
    { breakerFailures: 10_000 },
  );
}

interface Answered extends ModelAnswer {
  /** The text as it was streamed. */
  shown: string;
}

async function ask(gateway: ModelGateway, shape: Shape): Promise<Answered | DragomanError> {
  const tools = (shape.tools ?? usualTools).map((name) => ({
    type: 'function' as const,
    function: { name, description: name, parameters: { type: 'object', properties: {} } },
  }));
  const before = (shape.before ?? []) as unknown as ChatMessage[];
  const request: ModelRequest = {
    model: 'm',
    messages: [{ role: 'system', content: 'Be kind.' }, { role: 'user', content: 'Go on.' }, ...before],
    tools,
    toolChoice: 'auto',
    maxOutputTokens: shape.maxOutputTokens,
    endUser: 'u',
    trace: 't',
    source: 's',
  };
  let shown = '';
  try {
    for await (const event of gateway.stream(request, new AbortController().signal)) {
      if (event.type === 'answer') return { ...event.answer, shown };
      shown += event.text;
    }
  } catch (error) {
    if (error instanceof DragomanError) return error;
    throw error;
  }
  throw new TypeError('the gateway ended without an answer and without an error');
}

function check({ expect: wanted }: Shape, got: Answered | DragomanError): void {
  if (got instanceof DragomanError) {
    expect(got.reason, `${got.message} ${String(got.cause)}`).toBe(wanted.error);
    if (wanted.retryAfterMs !== undefined) expect((got as UpstreamError).retryAfterMs).toBe(wanted.retryAfterMs);
    return;
  }
  expect(wanted.error, `an answer came: ${JSON.stringify(got)}`).toBeUndefined();
  const calls = got.toolCalls.map((call) => ({ name: call.name, arguments: JSON.parse(call.arguments) as unknown }));
  const { text = '', ending, thought } = wanted;
  expect({ text: got.text, calls, ending: got.ending }).toEqual({ text, calls: wanted.calls ?? [], ending });
  if (!wanted.takenBack) expect(got.shown).toBe(got.text);
  expect(got.thought?.text ?? '').toBe(thought ?? got.thought?.text ?? '');
  if (wanted.thoughtField !== undefined) expect(got.thought?.field).toBe(wanted.thoughtField);
  if (wanted.blocks) expect(got.thought?.blocks).toEqual(wanted.blocks);
  if (wanted.extra) expect(got.toolCalls[0]?.extra).toEqual(wanted.extra);
  if (wanted.usage) expect({ cachedTokens: null, reasoningTokens: null, ...got.usage }).toMatchObject(wanted.usage);
  expect(new Set(got.toolCalls.map(({ id }) => id)).size).toBe(got.toolCalls.length);
}

function checkRequests({ expect: wanted }: Shape): void {
  if (wanted.requests !== undefined) expect(model.requests).toHaveLength(wanted.requests);
  const sent = model.requests.at(-1)?.body;
  if (wanted.sent) expect(sent).toMatchObject(wanted.sent);
  for (const field of wanted.lacks ?? []) expect(JSON.stringify(sent)).not.toContain(`"${field}":`);
  if (wanted.firstRole !== undefined) expect(sent?.messages[0]?.role).toBe(wanted.firstRole);
}

const files = readShapes();

describe.each(files)('$provider', ({ shapes }) => {
  test.each(shapes)('$name', async (shape) => {
    for (const sending of ['events', 'letters', 7] as const) {
      model.reset();
      model.handle(({ body }) => turnOf(shape, body, sending));
      await using gateway = newGateway();
      check(shape, await ask(gateway, shape));
      checkRequests(shape);
    }
  });
});

const streams = files.flatMap(({ provider, shapes }) =>
  shapes.filter((shape) => shape.stream && !shape.refuse && !shape.expect.error).map((shape) => ({ provider, shape })),
);

test.each(streams)('$provider, $shape.name: cut off before its end it is no answer', async ({ shape }) => {
  const events = eventsOf(shape);
  // The answer has ended with the event that says why.
  const ends = (event: string): boolean =>
    /"finish_?[rR]eason":\s?[^n]|done_reason|"native_finish|\[?DONE/i.test(event);
  const last = events.findIndex(ends);
  await using gateway = newGateway();
  for (let count = 0; count < (last < 0 ? events.length : last); count += 1) {
    const pieces = events.slice(0, count);
    model.handle(() => ({ raw: { pieces, cut: count % 2 === 1 } }));
    const got = await ask(gateway, shape);
    expect(got, `after ${count} events: ${JSON.stringify(got)}`).toBeInstanceOf(UpstreamError);
  }
});

test('what a refused parameter taught is remembered for the model', async () => {
  const all = files.flatMap(({ shapes }) => shapes.filter(({ refuse }) => refuse));
  for (const shape of all) {
    model.reset();
    model.handle(({ body }) => turnOf(shape, body, 'events'));
    await using gateway = newGateway();
    for (let time = 0; time < 3; time += 1) await ask(gateway, shape);
    expect(model.requests.length, shape.name).toBe((shape.expect.requests ?? 2) + 2);
  }
});

test('the matrix has all the providers that it is for', () => {
  const wanted = ['openai', 'azure', 'anthropic', 'gemini', 'bedrock', 'groq', 'mistral', 'deepseek', 'openrouter'];
  wanted.push('together', 'xai', 'cohere', 'ollama', 'vllm', 'llama-cpp', 'lm-studio', 'litellm');
  expect(files.map(({ file }) => file.replace('.json', ''))).toEqual(expect.arrayContaining(wanted));
});

test.each([
  ['a shape', { name: 'x', strem: [], expect: {} }, /odd\.json: .*strem/],
  ['what is expected', { name: 'x', stream: [], expect: { answer: 'x' } }, /odd\.json: .*answer/],
])('a word of %s that the driver does not know fails by name', (_, shape, message) => {
  const text = JSON.stringify({ provider: 'p', source: 's', shapes: [shape] });
  expect(() => parseShapes('odd.json', text)).toThrow(message);
});
