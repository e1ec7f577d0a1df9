import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { ToolError, defineTool } from '#mcp/kit.ts';
import { createSigner } from '#shared/rights/tokens.ts';
import { testCaller } from '#test/lib/mcp-clients.ts';
import { newestRequest, rawRequest } from '#test/lib/raw-mcp.ts';
import { startToolRunner, type TestToolRunner } from '#test/lib/tool-runner.ts';
import { inProcessBackend } from '#shared/runner/backend.ts';

let runner: TestToolRunner;
const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

beforeAll(async () => {
  const greet = defineTool({
    name: 'greet',
    title: 'Greet',
    description: 'Greets.',
    input: z.object({ name: z.string() }),
    output: z.object({ greeting: z.string() }),
    annotations,
    async run({ name }, context) {
      if (name === '') throw new ToolError('Nobody is called that.');
      context.progress('half', 1, 2);
      return { data: { greeting: `Hello ${name}` } };
    },
  });
  const domain = { name: 'greeter', title: 'Greeter', tools: [greet], check: async () => undefined };
  const backend = inProcessBackend({ ...domain, [Symbol.asyncDispose]: async () => undefined });
  runner = await startToolRunner({ server: 'greeter', backend });
});
afterAll(() => runner[Symbol.asyncDispose]());

async function ask(call: Record<string, unknown>, meta: Record<string, unknown> = {}) {
  const token = await createSigner(runner.signingKey).sign('greeter', { caller: testCaller, run: 'r', tool: '*' });
  const own = await createSigner(runner.signingKey).sign('greeter', { caller: testCaller, run: 'r', tool: 'greet' });
  const request = newestRequest('tools/call', call, meta);
  const authorization = `Bearer ${call['name'] === 'greet' ? own : token}`;
  return rawRequest(runner.url, { ...request, headers: { ...request.headers, authorization } });
}

/** With this extra key, which the short way does not know, the same call goes through the SDK. */
const long = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };

it.each([
  ['an answer', { name: 'greet', arguments: { name: 'Vera' } }],
  ["a tool's failure", { name: 'greet', arguments: { name: '' } }],
  ['wrong arguments', { name: 'greet', arguments: { nam: 1 } }],
  ['no arguments', { name: 'greet' }],
  ['an unknown tool', { name: 'nothing', arguments: {} }],
])('the short way answers as the SDK does: %s', async (_, call) => {
  const [short, sdk] = [await ask(call), await ask(call, long)];
  expect(JSON.parse(short.text)).toEqual(JSON.parse(sdk.text));
  expect([short.status, short.headers['content-type']]).toEqual([sdk.status, sdk.headers['content-type']]);
  // Only the short way knows the length beforehand, so that this shows that both ways were used.
  expect([short.headers['content-length'] !== undefined, sdk.headers['content-length']]).toEqual([true, undefined]);
});

it('the short way streams progress as the SDK does', async () => {
  const call = { name: 'greet', arguments: { name: 'Vera' } };
  const [short, sdk] = [await ask(call, { progressToken: 't' }), await ask(call, { progressToken: 't', ...long })];
  expect(short.headers['content-type']).toBe('text/event-stream');
  expect(messages(short.text)).toEqual(messages(sdk.text));
  expect(messages(short.text)).toHaveLength(2);
});

function messages(stream: string): unknown[] {
  const lines = stream.split('\n').filter((line) => line.startsWith('data: '));
  return lines.map((line) => JSON.parse(line.slice(6)) as unknown);
}
