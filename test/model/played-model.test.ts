import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { litellmErrors } from './litellm-errors.ts';
import { startPlayedModel, type PlayedModel } from './played-model.ts';
import { mark, type ChatBody, type Turn } from './turn.ts';

let model: PlayedModel;
let client: OpenAI;

beforeAll(async () => {
  model = await startPlayedModel();
  client = new OpenAI({ baseURL: model.url, apiKey: 'sk-test', maxRetries: 0 });
});
afterAll(() => model[Symbol.asyncDispose]());
beforeEach(() => model.reset());

function ask(content: string, extra: Partial<ChatBody> = {}): Promise<Response> {
  const body = { model: 'played-model', messages: [{ role: 'user', content }], ...extra };
  return fetch(`${model.url}/chat/completions`, { method: 'POST', body: JSON.stringify(body) });
}

const streaming = { stream: true, stream_options: { include_usage: true } };

test('the OpenAI client reads a whole answer and its usage', async () => {
  model.enqueue({ text: 'Hello', usage: { prompt_tokens: 7, completion_tokens: 3 } });
  const answer = await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
  expect(answer.choices[0]?.message.content).toBe('Hello');
  expect(answer.usage).toEqual({ prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 });
  expect(model.requests[0]?.headers.authorization).toBe('Bearer sk-test');
});

test('the OpenAI client puts streamed text and parallel tool calls together', async () => {
  const toolCalls = [
    { name: 'a', arguments: { path: 'x'.repeat(60) }, id: 'call_1' },
    { name: 'b', arguments: '{"broken":' },
  ];
  model.enqueue({ text: 'One moment, please: I look that up.', toolCalls, chunkSize: 5 });
  const stream = client.chat.completions.stream({ model: 'm', messages: [{ role: 'user', content: 'go' }] });
  const message = await stream.finalMessage();
  expect(message.content).toBe('One moment, please: I look that up.');
  expect(message.tool_calls?.map((call) => call.type === 'function' && call.function)).toMatchObject([
    { name: 'a', arguments: JSON.stringify({ path: 'x'.repeat(60) }) },
    { name: 'b', arguments: '{"broken":' },
  ]);
  expect(message.tool_calls?.[0]?.id).toBe('call_1');
});

test('scripts go by marker and step, handlers by call', async () => {
  model.script('two-steps', [{ text: 'first' }, { text: 'second' }]);
  model.handle((_, call) => ({ text: `call ${call}` }));
  const again = {
    messages: [
      { role: 'user', content: mark('two-steps', 'x') },
      { role: 'assistant', content: 'first' },
    ],
  };
  const texts = [
    await (await ask(mark('two-steps', 'x'))).text(),
    await (await ask(mark('two-steps', 'x'))).text(),
    await (await ask('', again as Partial<ChatBody>)).text(),
    await (await ask('other')).text(),
    await (await ask('other')).text(),
  ];
  for (const [index, wanted] of ['first', 'first', 'second', 'call 0', 'call 1'].entries()) {
    expect(texts[index]).toContain(`"content":"${wanted}"`);
  }
});

describe('usage in streams', () => {
  const usage = { prompt_tokens: 5, completion_tokens: 2 };
  const frames = async (turn: Turn): Promise<{ choices: unknown[]; usage?: object }[]> => {
    model.enqueue(turn);
    const body = await (await ask('x', streaming)).text();
    const data = body.split('\n\n').filter((line) => line.startsWith('data: {'));
    return data.map((line) => JSON.parse(line.slice(6)) as { choices: unknown[]; usage?: object });
  };

  test('a last chunk without choices carries it, with the cost', async () => {
    const all = await frames({ text: 'x', usage, cost: 0.25 });
    expect(all.at(-1)).toMatchObject({ choices: [], usage: { ...usage, total_tokens: 7, cost: 0.25 } });
  });
  test('some providers put it into a chunk that is not the last', async () => {
    const all = await frames({ text: 'x', usage, usageInNonFinalChunk: true });
    expect(all.at(-1)?.choices).toHaveLength(1);
    expect(all.at(-1)?.usage).toMatchObject(usage);
  });
  test('it can be left out', async () => {
    expect((await frames({ text: 'x', omitUsage: true })).filter((frame) => frame.usage)).toEqual([]);
  });
});

test('a caller that goes away is recorded as aborted, a whole answer is not', async () => {
  model.enqueue({ hang: true }, { text: 'x' });
  const stop = new AbortController();
  const hanging = fetch(`${model.url}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'm', messages: [] }),
    signal: stop.signal,
  });
  await model.received(1);
  stop.abort();
  await expect(hanging).rejects.toThrow();
  expect((await model.ended(0)).aborted).toBe(true);
  await (await ask('x')).text();
  expect((await model.ended(1)).aborted).toBe(false);
});

test('failures, then answers again; a server that is down refuses', async () => {
  model.fail(2, 503);
  expect([(await ask('x')).status, (await ask('x')).status, (await ask('x')).status]).toEqual([503, 503, 200]);
  await model.down();
  await expect(ask('x')).rejects.toThrow();
  await model.up();
  expect((await ask('x')).status).toBe(200);
});

test('a stream can be cut at any byte', async () => {
  const turn: Turn = { text: 'abc', toolCalls: [{ name: 't', arguments: { a: 1 } }] };
  for (const at of [0, 1, 50, 333]) {
    model.enqueue({ ...turn, cutAfterBytes: at });
    const reader = (await ask('x', streaming)).body!.getReader();
    let bytes = 0;
    const drain = async (): Promise<void> => {
      for (let part = await reader.read(); !part.done; part = await reader.read()) bytes += part.value.length;
    };
    await expect(drain()).rejects.toThrow();
    expect(bytes).toBe(at);
  }
  expect(model.requests.some((request) => request.aborted)).toBe(false);
});

describe("LiteLLM's errors", () => {
  test.each(Object.entries(litellmErrors).filter(([name]) => name !== 'midStream'))('%s', async (_, { turn }) => {
    model.enqueue(turn);
    const response = await ask('x', streaming);
    const wanted = turn as { error: { status: number; body: unknown; headers: Record<string, string> } };
    expect(response.status).toBe(wanted.error.status);
    expect(await response.json()).toEqual(wanted.error.body);
    for (const [key, value] of Object.entries(wanted.error.headers)) expect(response.headers.get(key)).toBe(value);
    expect(response.headers.get('x-litellm-call-id')).toBeTruthy();
  });

  test('a failure in the middle comes with status 200 and no [DONE]', async () => {
    model.enqueue(litellmErrors.midStream.turn);
    const response = await ask('x', streaming);
    const body = await response.text();
    expect(response.status).toBe(200);
    expect(body.trimEnd().split('\n\n').at(-1)).toContain('data: {"error":');
    expect(body).not.toContain('[DONE]');
  });
});
