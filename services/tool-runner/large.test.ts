import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newestClient } from '#test/lib/mcp-clients.ts';
import { startOddServer } from '#test/lib/odd-answers.ts';
import { startToolRunner } from '#test/lib/tool-runner.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

type Options = Parameters<typeof startToolRunner>[0];

async function connect(options: Options) {
  const client = await newestClient(stack.use(await startToolRunner(options)));
  stack.defer(() => client.close());
  return async (name: string, args: Record<string, unknown>) => {
    const { content, isError, _meta: meta } = await client.callTool({ name, arguments: args });
    return { said: JSON.stringify(content), isError, outcome: meta?.['dragoman/outcome'] };
  };
}

it('a file as large as the limit says can be written, also when JSON doubles it, and a larger one is told the limit', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-large-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const call = await connect({ server: 'filesystem', env: { FILESYSTEM_ROOT: folder } });
  const largest = '"\n'.repeat(1_000_000);
  const written = await call('write_file', { path: 'a.txt', content: largest });
  expect(written).toMatchObject({ isError: undefined });
  expect(await readFile(path.join(folder, 'a.txt'), 'utf8')).toHaveLength(largest.length);
  expect((await call('write_file', { path: 'b.txt', content: `${largest}.` })).said).toMatch(/2000000|2,000,000/);
});

it('arguments that its server cannot read do not reach a child, which goes on', async () => {
  const entry = {
    command: process.execPath,
    args: [path.resolve(import.meta.dirname, '../../test/lib/scripted-server.ts')],
  };
  const env = { REQUEST_MAX_BYTES: '20000000' };
  const call = await connect({ server: 'child', entry, env });
  expect(await call('child__pid', { text: 'x'.repeat(11_000_000) })).toMatchObject({
    isError: true,
    said: expect.stringContaining('its arguments are larger than its server can read. Send less.'),
  });
  expect((await call('child__pid', {})).isError).not.toBe(true);
});

it.each(['http', 'http-stream'] as const)(
  'an answer that is too large counts as answered, by %s',
  async (transport) => {
    const text = `{"jsonrpc":"2.0","id":<id>,"result":{"content":[{"type":"text","text":"${'x'.repeat(17_000_000)}"}]}}`;
    const server = stack.use(await startOddServer(transport, text));
    const call = await connect({ server: 'odd', entry: { type: 'http', url: server.url } });
    const result = await call('odd__act', {});
    expect(result).toMatchObject({ isError: true, outcome: undefined });
    expect(result.said).toContain('the answer cannot be read');
    expect(server.calls).toBe(1);
  },
);
