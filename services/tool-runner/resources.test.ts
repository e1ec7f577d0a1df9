import { afterEach, beforeEach, expect, it } from 'vitest';
import { PROMPTS_META } from '#shared/ground/tool-meta.ts';
import { newestClient } from '#test/lib/mcp-clients.ts';
import { startHostileServer } from '#test/lib/hostile-mcp.ts';
import { startToolRunner } from '#test/lib/tool-runner.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

/** A client of a runner in front of a server, and how it calls a tool. */
async function connect(entry: Record<string, unknown>) {
  const runner = stack.use(await startToolRunner({ server: 'all', entry }));
  const client = await newestClient(runner);
  stack.defer(() => client.close());
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const { content, isError } = await client.callTool({ name: `all__${name}`, arguments: args });
    return { said: JSON.stringify(content), isError };
  };
  return { client, call };
}

const everything = { command: 'npx', args: ['-y', '@modelcontextprotocol/server-everything'] };

it('lists and reads the resources of a server, by tools that are under the policy', async () => {
  const { client, call } = await connect(everything);
  const { tools, _meta: meta } = await client.listTools();
  const pair = tools.filter(({ name }) => name.endsWith('_resources') || name.endsWith('_resource'));
  expect(pair.map(({ name, annotations }) => [name, annotations?.readOnlyHint])).toEqual([
    ['all__list_resources', false],
    ['all__read_resource', false],
  ]);
  const listed = await call('list_resources');
  const uri = /demo:\/\/[^ \\"{]+/.exec(listed.said)?.[0] ?? '';
  expect(listed.said).toMatch(/demo:\/\/\S+ \(.*text\/markdown\)/);
  const read = await call('read_resource', { uri });
  expect(read.isError).not.toBe(true);
  expect(read.said).toContain('"type":"resource"');
  expect(await call('read_resource', { uri: 'demo://nowhere' })).toMatchObject({
    isError: true,
    said: expect.stringContaining('There is no resource demo://nowhere'),
  });
  const prompts = meta?.[PROMPTS_META] as { name: string; arguments: string[] }[];
  expect(prompts.find(({ name }) => name === 'args-prompt')?.arguments).toEqual(['city', 'state?']);
});

const odd = {
  initialize: {
    protocolVersion: '2025-06-18',
    capabilities: { tools: {}, resources: {}, prompts: {} },
    serverInfo: { name: 'odd', version: '1' },
  },
  'resources/list': { resources: [null, { uri: 'x:1', name: null, size: 'big' }, { name: 'lost' }], nextCursor: null },
  'resources/read': { contents: [{ text: 'hello' }, { uri: 'x:1', blob: 'AAAA', mimeType: null }] },
  'prompts/list': { prompts: [5, { name: 'greet', arguments: [{ name: 'who', required: true }, null] }, { name: '' }] },
};

it('reads odd resources and prompts leniently', async () => {
  const server = stack.use(await startHostileServer({ results: odd }));
  const { client, call } = await connect({ type: 'http', url: server.url });
  expect((await call('list_resources')).said).toContain('x:1 ()\\nwithout a URI (lost)');
  const { said } = await call('read_resource', { uri: 'x:1' });
  expect(said).toContain('hello');
  expect(said).toContain('[a file: x:1, of an unknown type, 3 bytes: it cannot be shown here]');
  expect((await client.listTools())._meta?.[PROMPTS_META]).toEqual([
    { name: 'greet', title: '', description: '', arguments: ['who'] },
  ]);
});

it.each<[string, Record<string, unknown>]>([
  ['has no resources', { ...odd, 'resources/list': { resources: [] } }],
  ['fails to list them', { ...odd, 'resources/list': 'none' }],
])('offers no such tools where a server %s', async (_, results) => {
  const server = stack.use(await startHostileServer({ results }));
  const { client } = await connect({ type: 'http', url: server.url });
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['all__act']);
});
