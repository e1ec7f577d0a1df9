import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { listen } from '#shared/process/health.ts';
import { configureLogging } from '#shared/process/log.ts';
import { createGateway } from './create-gateway.ts';
import type { ModelAnswer, WireAnswer } from './gateway.ts';
import { streamAnswer, type WireEvent } from './wire.ts';

let server: Server | undefined;
beforeAll(() => configureLogging('test', 'silent'));
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function ask(
  answer: (response: ServerResponse) => void,
  firstTokenMs = 20_000,
): Promise<ModelAnswer | undefined> {
  server = createServer((request, response) => {
    request.resume().once('end', () => answer(response));
  });
  await listen(server, 0, '127.0.0.1');
  await using gateway = createGateway({
    LITELLM_API_BASE: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    LITELLM_API_KEY: 'none',
    TOOL_PROTOCOL: 'native',
    MODEL_TIMEOUT_MS: 20_000,
    MODEL_FIRST_TOKEN_TIMEOUT_MS: firstTokenMs,
    MODEL_IDLE_TIMEOUT_MS: 20_000,
  });
  const request = {
    model: 'm',
    messages: [],
    tools: [],
    toolChoice: 'auto' as const,
    endUser: 'ü',
    trace: 't',
    source: 's',
  };
  let found: ModelAnswer | undefined;
  for await (const event of gateway.stream(request, AbortSignal.timeout(20_000))) {
    if (event.type === 'answer') found = event.answer;
  }
  return found;
}

function stream(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write(text);
}

function json(body: object, headers: Record<string, string> = {}) {
  return (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

const chunk = (delta: object, finish: string | null = null): string =>
  JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] });

test('comments, other line ends and frames without choices are passed over', async () => {
  const answer = await ask((response) => {
    stream(response, ': ping\r\n\r\ndata: {"id":"x","choices":[]}\r\n\r\n');
    response.write(
      `data: ${chunk({ content: 'grüße' })}\r\n\r\ndata: ${chunk({}, 'stop')}\r\n\r\ndata: [DONE]\r\n\r\n`,
    );
  });
  expect(answer).toMatchObject({ text: 'grüße', finishReason: 'stop', usage: { estimated: true } });
});

test('a character that comes in two pieces is one', async () => {
  const bytes = Buffer.from(`data: ${chunk({ content: 'ü' }, 'stop')}\n\ndata: [DONE]\n\n`);
  const at = bytes.indexOf(0xc3) + 1;
  const answer = await ask((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(bytes.subarray(0, at), () => setImmediate(() => response.end(bytes.subarray(at))));
  });
  expect(answer?.text).toBe('ü');
});

test('a data frame that cannot be read fails the answer', async () => {
  const asked = ask((response) => stream(response, 'data: {"choices": oops}\n\n'));
  await expect(asked).rejects.toMatchObject({ reason: 'bad-format', retryable: true });
});

test('comments alone do not begin an answer', async () => {
  const asked = ask((response) => {
    stream(response, ': ping\n\n');
    const timer = setInterval(() => response.write(': ping\n\n'), 20);
    response.once('close', () => clearInterval(timer));
  }, 150);
  await expect(asked).rejects.toMatchObject({ reason: 'timeout' });
});

test('an endpoint that does not stream is understood, with the cost in its header', async () => {
  const message = {
    content: '<think>hm</think>Hi',
    tool_calls: [{ id: 'c', function: { name: 'a', arguments: '{}' } }],
  };
  const body = {
    choices: [{ message, finish_reason: 'tool_calls' }],
    usage: { prompt_tokens: 1, completion_tokens: 2 },
  };
  expect(await ask(json(body, { 'x-litellm-response-cost': '0.5' }))).toEqual({
    text: 'Hi',
    toolCalls: [{ id: 'c', name: 'a', arguments: '{}' }],
    finishReason: 'tool_calls',
    thought: { text: 'hm' },
    usage: { inputTokens: 1, outputTokens: 2, costUsd: 0.5, estimated: false },
  });
});

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
])('an answer that comes compressed by %s', async (encoding, compress) => {
  const bytes = compress(Buffer.from(`data: ${chunk({ content: 'grüße' }, 'stop')}\n\ndata: [DONE]\n\n`));
  const answer = await ask((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': encoding }).end(bytes);
  });
  expect(answer?.text).toBe('grüße');
});

test('a compressed answer that is cut is none', async () => {
  const bytes = gzipSync(`data: ${chunk({ content: 'x'.repeat(999) }, 'stop')}\n\n`).subarray(0, -20);
  const asked = ask((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' }).end(bytes);
  });
  await expect(asked).rejects.toMatchObject({ reason: 'cut-stream' });
});

test('an error with status 200 is an error', async () => {
  await expect(ask(json({ error: { message: 'x', code: '429' } }))).rejects.toMatchObject({ reason: 'rate-limit' });
});

test('an answer cut at any byte is an error or the whole answer, never a part of it', async () => {
  const call = { index: 0, id: 'call_1', function: { name: 'write', arguments: '{"a"' } };
  const rest = { index: 0, function: { arguments: ':1}' } };
  const frames = [
    chunk({ content: 'I write' }),
    chunk({ tool_calls: [call] }),
    chunk({ tool_calls: [rest] }),
    chunk({}, 'tool_calls'),
  ];
  const bytes = Buffer.from([...frames, '[DONE]'].map((frame) => `data: ${frame}\n\n`).join(''));
  const wanted = { text: 'I write', toolCalls: [{ id: 'call_1', name: 'write', arguments: '{"a":1}' }] };
  let whole = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const outcome = await answerOf(bytes.subarray(0, at)).catch((error: unknown) => error);
    if (outcome instanceof Error) expect(outcome, `cut at ${at}`).toMatchObject({ reason: 'cut-stream' });
    else {
      whole += 1;
      expect(outcome, `cut at ${at}`).toMatchObject(wanted);
    }
  }
  // The answer is whole wherever the cut lies within the last event.
  expect(whole).toBe('data: [DONE]\n\n'.length);
});

async function answerOf(bytes: Buffer): Promise<WireAnswer> {
  async function* cutConnection() {
    if (bytes.length > 0) yield bytes;
    throw new Error('other side closed');
  }
  const response = {
    statusCode: 200,
    headers: { 'content-type': 'text/event-stream' },
    body: Readable.from(cutConnection()),
  };
  const dispatcher = { request: async () => response } as unknown as Dispatcher;
  const timeouts = { firstToken: 20_000, idle: 20_000, total: 20_000 };
  const endpoint = { dispatcher, origin: 'http://model', path: '/', key: '', timeouts };
  const request = {
    model: 'm',
    messages: [],
    tools: [],
    toolChoice: 'auto' as const,
    endUser: 'u',
    trace: 't',
    source: 's',
  };
  let last: WireEvent | undefined;
  for await (const event of streamAnswer(endpoint, request, new Set(), new AbortController().signal)) last = event;
  if (last?.type !== 'answer') throw new TypeError('the stream ended without an answer');
  return last.answer;
}
