import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { afterEach, expect, it } from 'vitest';
import { signingFetch, testCaller } from '#test/lib/mcp-clients.ts';
import { startToolRunner, type TestToolRunner } from '#test/lib/tool-runner.ts';

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

async function start(env: Record<string, string>): Promise<TestToolRunner> {
  return stack.use(
    await startToolRunner({ server: 'filesystem', env: { FILESYSTEM_ROOT: import.meta.dirname, ...env } }),
  );
}

const call = { name: 'list_directory', arguments: { path: '.' } };

it('serves the deprecated transport where it is switched on', async () => {
  const runner = await start({ MCP_LEGACY_SSE: '1' });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new SSEClientTransport(new URL('/sse', runner.url), { fetch: signingFetch(runner) }));
  stack.defer(() => client.close());
  expect((await client.listTools()).tools.map((tool) => tool.name)).toContain('list_directory');
  expect(JSON.stringify(await client.callTool(call))).toContain('legacy-sse.test.ts');
});

it("takes no message of a stream's id with another's token", async () => {
  const runner = await start({ MCP_LEGACY_SSE: '1' });
  const stream = await signingFetch(runner)(new URL('/sse', runner.url));
  const reader = stream.body?.getReader();
  const first = new TextDecoder().decode((await reader?.read())?.value);
  const messages = new URL(/data: (.*)/.exec(first)?.[1] ?? '', runner.url);
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: call });
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  expect((await fetch(messages, init)).status).toBe(401);
  const other = signingFetch(runner, { caller: { ...testCaller, id: 'other' } });
  expect((await other(messages, init)).status).toBe(404);
  expect((await signingFetch(runner)(messages, init)).status).toBe(202);
  await reader?.cancel();
});

it('is off by default', async () => {
  const runner = await start({});
  expect((await signingFetch(runner)(new URL('/sse', runner.url))).status).toBe(404);
});
