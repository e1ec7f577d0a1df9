import dns from 'node:dns';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Caller } from '#shared/run/request.ts';
import { createSigner } from '#shared/rights/tokens.ts';
import { listen } from '#shared/process/health.ts';
import { IDEMPOTENCY_META } from '#shared/ground/tool-meta.ts';
import { startToolRunner } from '#test/lib/tool-runner.ts';
import { createMcpClient, type McpReply } from './mcp-client.ts';
import { NotDelivered, RunnerFailure } from './runner-errors.ts';

type Told = (error: null, addresses: object[]) => void;
type Answer = (response: ServerResponse, id: number, request: IncomingMessage) => void;

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(answer: Answer): Promise<string> {
  server = createServer((request, response) => {
    void text(request).then((body) => answer(response, (JSON.parse(body) as { id: number }).id, request));
  });
  await listen(server, 0, '127.0.0.1');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

async function ask(url: string, onProgress?: (message: string) => void): Promise<McpReply> {
  await using client = createMcpClient(url);
  const signal = AbortSignal.timeout(20_000);
  return await client.request({
    method: 'tools/call',
    params: { name: 'x' },
    token: async () => 't',
    signal,
    onProgress,
  });
}

const json =
  (body: unknown, status = 200): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
const events =
  (...frames: ((id: number) => unknown)[]): Answer =>
  (response, id) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const frame of frames) response.write(`event: message\ndata: ${JSON.stringify(frame(id))}\n\n`);
    response.end();
  };
const result = (id: number) => ({ jsonrpc: '2.0', id, result: { content: [] } });

describe('what becomes of an answer', () => {
  test.each<[string, Answer, { outcomeUnknown: boolean }]>([
    ['no JSON', (response) => response.end('<html>'), { outcomeUnknown: true }],
    ["another request's id", json({ jsonrpc: '2.0', id: 999, result: {} }), { outcomeUnknown: true }],
    [
      'a result that is no object',
      (response, id) => json({ id, result: 'x' })(response, id, undefined as never),
      { outcomeUnknown: true },
    ],
    [
      'an error',
      (response, id) => json({ id, error: { code: -32_602, message: 'no' } })(response, id, undefined as never),
      { outcomeUnknown: false },
    ],
    [
      'an error without sense',
      (response, id) => json({ id, error: { code: 'abc', message: { a: 1 } } })(response, id, undefined as never),
      { outcomeUnknown: false },
    ],
    [
      'an internal error',
      (response, id) => json({ id, error: { code: -32_603 } })(response, id, undefined as never),
      { outcomeUnknown: true },
    ],
    ['status 401', json({ error: { message: 'bad token' } }, 401), { outcomeUnknown: false }],
    ['status 500', (response) => response.writeHead(500).end('<html>'), { outcomeUnknown: true }],
    ['a stream without the answer', events(() => ({ method: 'notifications/message' })), { outcomeUnknown: true }],
    ['a connection that closes', (response) => response.destroy(), { outcomeUnknown: true }],
    [
      'an answer that breaks off',
      (response) => response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy()),
      { outcomeUnknown: true },
    ],
  ])('%s', async (_, answer, expected) => {
    const error = await ask(await serve(answer)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RunnerFailure);
    expect(error).toMatchObject(expected);
  });

  test('an answer without an end is bounded', async () => {
    const url = await serve((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const part = 'x'.repeat(1_000_000);
      const more = (): void => {
        if (!response.destroyed) response.write(part, more);
      };
      more();
    });
    await expect(ask(url)).rejects.toMatchObject({ facts: { what: 'too-large' } });
  });
});

test('notifications before the answer are heard, and strange ones passed over', async () => {
  const heard: string[] = [];
  const url = await serve(
    events(
      () => ({ jsonrpc: '2.0', method: 'notifications/progress', params: { message: 'one' } }),
      () => ({ jsonrpc: '2.0', method: 'notifications/progress', params: { progress: 1, total: 4 } }),
      () => ({ jsonrpc: '2.0', method: 'notifications/progress' }),
      () => ({ jsonrpc: '2.0', method: 5 }),
      (id) => ({ jsonrpc: '2.0', id, method: 'sampling/createMessage' }),
      () => 'text',
      result,
    ),
  );
  expect((await ask(url, (message) => heard.push(message))).result).toEqual({ content: [] });
  expect(heard).toEqual(['one', '25 %']);
});

test('a server that nobody listens at was never asked', async () => {
  const url = await serve(() => undefined);
  await new Promise((resolve) => server?.close(resolve));
  await expect(ask(url)).rejects.toBeInstanceOf(NotDelivered);
});

test('of several processes behind one name, a call reaches one that lives', async () => {
  const url = new URL(await serve((response, id) => json(result(id))(response, id, undefined as never)));
  url.hostname = 'tool-runner-of-several';
  // What a container's DNS tells of a service with three replicas, two of which have just died.
  const addresses = ['127.0.0.2', '127.0.0.3', '127.0.0.1'].map((address) => ({ address, family: 4 }));
  const asked = vi
    .spyOn(dns, 'lookup')
    .mockImplementation(((_name: string, _options: object, told: Told) => told(null, addresses)) as never);
  try {
    expect((await ask(String(url))).result).toEqual({ content: [] });
    expect(asked).toHaveBeenCalledWith('tool-runner-of-several', expect.anything(), expect.anything());
  } finally {
    asked.mockRestore();
  }
});

test('what it gets from a tool-runner is what the SDK gets', async () => {
  await using runner = await startToolRunner({ server: 'fetch' });
  const caller: Caller = { kind: 'terminal', id: 'me', name: '', discordRoles: [] };
  const name = 'fetch';
  const sign = (tool: string, now?: number) =>
    createSigner(runner.signingKey).sign(name, { caller, run: 'r', tool }, now);
  await using client = createMcpClient(runner.url);
  const signal = AbortSignal.timeout(20_000);
  const listed = await client.request({ method: 'tools/list', params: {}, token: () => sign('*'), signal });
  const params = { name, arguments: { url: 'http://127.0.0.1/refused' } };
  const called = await client.request({ method: 'tools/call', params, token: () => sign(name), signal });

  const sdk = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  const requestInit = { headers: { authorization: `Bearer ${await sign(name)}` } };
  await sdk.connect(new StreamableHTTPClientTransport(new URL(runner.url), { requestInit }));
  const { tools } = await sdk.listTools();
  expect(listed.result['tools']).toEqual(tools);
  expect(called.result['content']).toEqual((await sdk.callTool(params)).content);
  expect(called.backendMs).toBeGreaterThan(0);
  await sdk.close();
});

test.each([-1, 1])('a tool-runner whose clock differs by %i hour gets tokens of its own time', async (hours) => {
  const its = () => Date.now() + hours * 3_600_000;
  const tokens: number[] = [];
  const url = await serve((response, id, { headers }) => {
    const at = Number(headers.authorization?.replace('Bearer ', ''));
    tokens.push(at);
    const good = Math.abs(at - its()) < 60_000;
    response.writeHead(good ? 200 : 401, { 'content-type': 'application/json', date: new Date(its()).toUTCString() });
    response.end(JSON.stringify(result(id)));
  });
  await using client = createMcpClient(url);
  const request = (token: (now: number) => Promise<string>) =>
    client.request({ method: 'tools/list', params: {}, token, signal: AbortSignal.timeout(20_000) });
  const byClock = async (now: number) => String(now);
  // Each of the three calls is refused once, and then goes by the server's clock.
  await Promise.all([request(byClock), request(byClock), request(byClock)]);
  expect(tokens).toHaveLength(6);
  await request(byClock);
  expect(tokens).toHaveLength(7);
  // A token that is refused for another reason stays refused.
  await expect(request(async () => 'another')).rejects.toMatchObject({ facts: { status: 401 } });
  expect(tokens).toHaveLength(8);
});

test('a call with an idempotency key that is given up is cancelled by name, since it would outlive its connection', async () => {
  const cancelled = Promise.withResolvers<unknown>();
  const begun = Promise.withResolvers<number>();
  server = createServer((request, response) => {
    void text(request).then((raw) => {
      const body = JSON.parse(raw) as { id?: number; method: string; params: { requestId?: unknown } };
      if (body.method === 'tools/call') return begun.resolve(body.id ?? 0);
      cancelled.resolve([body.method, body.params.requestId, request.headers.authorization]);
      response.writeHead(202).end();
    });
  });
  await listen(server, 0, '127.0.0.1');
  await using client = createMcpClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
  const stop = new AbortController();
  const params = { name: 'x', _meta: { [IDEMPOTENCY_META]: 'k' } };
  const call = client.request({ method: 'tools/call', params, token: async () => 't', signal: stop.signal });
  const id = await begun.promise;
  stop.abort(new Error('stopped'));
  await expect(call).rejects.toThrow('stopped');
  expect(await cancelled.promise).toEqual(['notifications/cancelled', id, 'Bearer t']);
});

test('a message to a tool-runner that takes it in and never answers does not wait for ever', async () => {
  const url = await serve(() => undefined);
  await using client = createMcpClient(url);
  expect(await client.notify('dragoman/run-forgotten', async () => 't')).toBe(false);
}, 10_000);
