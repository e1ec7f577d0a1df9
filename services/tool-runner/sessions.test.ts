import type { Client } from '@modelcontextprotocol/client';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newestClient } from '#test/lib/mcp-clients.ts';
import { startSessionServer, type SessionServer, type SessionServerOptions } from '#test/lib/session-server.ts';
import { startToolRunner } from '#test/lib/tool-runner.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

interface Started {
  server: SessionServer;
  call: (tool?: string) => Promise<Pick<CallToolResult, 'content' | 'isError' | '_meta'>>;
  client: Client;
}

async function start(options: SessionServerOptions = {}, env: Record<string, string> = {}): Promise<Started> {
  const server = stack.use(await startSessionServer(options));
  const entry = { type: options.transport ?? 'http', url: server.url };
  const runner = stack.use(await startToolRunner({ server: 'away', entry, env }));
  const client = await newestClient(runner);
  stack.defer(() => client.close());
  return { server, client, call: (tool = 'act') => client.callTool({ name: `away__${tool}`, arguments: {} }) };
}

const done = { content: [{ type: 'text', text: 'done' }] };
const error = (code: number, message: string, id: unknown = null) => ({
  jsonrpc: '2.0',
  error: { code, message },
  id,
});

/** Expects that nothing was executed and that the model is told so, without doubt and without a question to a human. */
function expectNothingDone(result: Pick<CallToolResult, 'content' | 'isError' | '_meta'>): string {
  const [first] = result.content;
  const text = first?.type === 'text' ? first.text : '';
  expect(result.isError).toBe(true);
  expect(text).toContain('nothing was done');
  expect(text).not.toMatch(/may or may not|unknown/);
  expect(result._meta?.['dragoman/outcome']).toBeUndefined();
  return text;
}

describe('a server that has forgotten the session', () => {
  it.each([
    ['404 and -32001', { status: 404, body: error(-32_001, 'Session not found') }],
    ['404 and nothing', { status: 404 }],
    ['404 and a page', { status: 404, body: '<h1>Not Found</h1>' }],
    ['410', { status: 410, body: 'Gone' }],
    ['400 and -32000', { status: 400, body: error(-32_000, 'Bad Request: No valid session ID provided') }],
    ['400, not initialized', { status: 400, body: error(-32_000, 'Bad Request: Server not initialized') }],
    ['400 and words', { status: 400, body: 'Invalid or missing session ID' }],
    ['400 and nothing', { status: 400 }],
    ['401', { status: 401, body: { error: 'unauthorized' } }],
    ['403', { status: 403 }],
    ['409 and words', { status: 409, body: error(-32_000, 'Session expired') }],
    ['500 and -32001', { status: 500, body: error(-32_001, 'Session not found') }],
    ['200 and -32001', { status: 200, body: error(-32_001, 'Session not found', 'same') }],
    ['200 and -32001 without an id', { status: 200, body: error(-32_001, 'Session not found') }],
    ['200 and -32600', { status: 200, body: error(-32_600, 'Session terminated', 'same') }],
    ['200 and -32002', { status: 200, body: error(-32_002, 'Server not initialized', 'same') }],
    ['200 and -32602', { status: 200, body: error(-32_602, 'Invalid request parameters', 'same') }],
  ])('and says so by %s: the call is made once, over a new session', async (_, refusal) => {
    const { server, call } = await start({ refusal });
    expect(await call()).toMatchObject(done);
    server.forget();
    expect(await call()).toMatchObject(done);
    expect(server).toMatchObject({ executions: 2, sessions: 2, refusals: 1 });
  });

  it('because it was stopped and started again', async () => {
    const { server, call } = await start();
    expect(await call()).toMatchObject(done);
    await server.stop();
    await server.start();
    expect(await call()).toMatchObject(done);
    expect(server).toMatchObject({ executions: 2, sessions: 2 });
  });

  it('again and again: each call is made once', async () => {
    const { server, call } = await start();
    for (let n = 1; n <= 6; n += 1) {
      server.forget();
      expect(await call()).toMatchObject(done);
      expect(server.executions).toBe(n);
    }
  });

  it('while ten calls come at once: one new session, and each call is made once', async () => {
    const { server, call } = await start();
    await call();
    server.forget();
    const results = await Promise.all(Array.from({ length: 10 }, () => call()));
    for (const result of results) expect(result).toMatchObject(done);
    expect(server).toMatchObject({ executions: 11, sessions: 2 });
  });

  it('does not cost a call that is under way its answer', async () => {
    const { server, call } = await start();
    const slow = call('slow');
    await server.begun;
    server.forget();
    expect(await call()).toMatchObject(done);
    expect(server.sessions).toBe(2);
    server.release();
    expect(await slow).toMatchObject(done);
  });

  it('in the middle of its list: all tools are listed', async () => {
    let forget: (() => void) | undefined;
    const { server, client } = await start({
      onPage(page) {
        if (page === 0) forget?.();
        forget = undefined;
      },
    });
    forget = () => server.forget();
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['away__act', 'away__slow']);
    expect(server.sessions).toBe(2);
  });

  it('but not one that only has no stream', async () => {
    const { server, call } = await start({ withoutStream: true });
    expect(await call()).toMatchObject(done);
    expect(await call()).toMatchObject(done);
    expect(server).toMatchObject({ executions: 2, sessions: 1, refusals: 0 });
  });
});

describe('a second attempt that cannot be made', () => {
  it('because the server is away: nothing was done, and what is away is said', async () => {
    const { server, call } = await start();
    await call();
    await server.stop();
    expect(expectNothingDone(await call())).toContain('The server away cannot be reached now');
    await server.start();
    await expect.poll(() => call(), { timeout: 20_000 }).toMatchObject(done);
    expect(server.executions).toBe(2);
  });

  it('because no session is kept: nothing was done, after two attempts', async () => {
    const { server, call } = await start({ keepsNone: true });
    expect(expectNothingDone(await call())).toContain('accepts no session');
    expect(server).toMatchObject({ executions: 0, sessions: 2, refusals: 2 });
  });

  it('within the time limit: nothing was done', async () => {
    const { server, call } = await start({}, { TOOL_TIMEOUT_MS: '2000' });
    await call();
    server.forget();
    server.deaf = true;
    expectNothingDone(await call());
    expect(server.executions).toBe(1);
  });
});

describe('a refusal that is not about the session', () => {
  it.each([
    ['400', { status: 400, body: error(-32_600, 'Unsupported header') }, 'HTTP 400'],
    ['422', { status: 422, body: 'Unprocessable' }, 'HTTP 422'],
    ['429', { status: 429, body: 'Too many requests' }, 'HTTP 429'],
  ])('%s: the call is not repeated, and nothing was done', async (_, refusal, said) => {
    const { server, call } = await start({ refusal, keepsNone: true });
    expect(expectNothingDone(await call())).toContain(said);
    expect(server).toMatchObject({ sessions: 1, refusals: 1 });
  });

  it.each([
    ['500', { status: 500, body: 'failed' }],
    ['503 that mentions a session', { status: 503, body: 'session store lost' }],
  ])('%s: the call is not repeated, its outcome is unknown', async (_, refusal) => {
    const { server, call } = await start({ refusal, keepsNone: true });
    expect((await call())._meta?.['dragoman/outcome']).toBe('unknown');
    expect(server).toMatchObject({ sessions: 1, refusals: 1 });
  });

  it("a tool's own error about a session of its own: the call is not repeated", async () => {
    const refusal = { status: 200, body: error(-32_000, 'Browser session was closed', 'same') };
    const { server, call } = await start({ refusal, keepsNone: true });
    expect((await call()).isError).toBe(true);
    expect(server).toMatchObject({ sessions: 1, refusals: 1 });
  });
});

describe('a server of the deprecated transport', () => {
  it.each([
    ['404', { status: 404, body: 'Session not found' }],
    ['400', { status: 400, body: 'No transport found for sessionId' }],
    ['410', { status: 410 }],
    ['500 and -32001', { status: 500, body: error(-32_001, 'Session not found') }],
  ])('that has forgotten the session, %s: the call is made once, over a new one', async (_, refusal) => {
    const { server, call } = await start({ transport: 'sse', refusal });
    expect(await call()).toMatchObject(done);
    server.forget();
    expect(await call()).toMatchObject(done);
    expect(server).toMatchObject({ executions: 2, sessions: 2, refusals: 1 });
  });

  it('that was stopped and started again, and takes messages of sessions that it does not know', async () => {
    const { server, call } = await start({ transport: 'sse', refusal: { status: 202 } });
    expect(await call()).toMatchObject(done);
    await server.stop();
    await server.start();
    // Until the end of the stream is noticed and a new one is open, calls are answered with a sentence.
    await expect.poll(() => call(), { timeout: 20_000 }).toMatchObject(done);
    expect(server.executions).toBe(2);
  });

  it('whose stream breaks during a call: the outcome is unknown, at once', async () => {
    const { server, call } = await start({ transport: 'sse' }, { TOOL_TIMEOUT_MS: '600000' });
    const slow = call('slow');
    await server.begun;
    await server.stop();
    expect((await slow)._meta?.['dragoman/outcome']).toBe('unknown');
  });
});

it('a server that is stopped during a call: the outcome is unknown, at once, and the call is not repeated', async () => {
  const { server, call } = await start({}, { TOOL_TIMEOUT_MS: '600000' });
  const slow = call('slow');
  await server.begun;
  await server.stop();
  await server.start();
  expect((await slow)._meta?.['dragoman/outcome']).toBe('unknown');
  expect(await call()).toMatchObject(done);
  expect(server.executions).toBe(1);
});
