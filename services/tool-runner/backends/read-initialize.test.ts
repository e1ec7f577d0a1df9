import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHostileServer } from '#test/lib/hostile-mcp.ts';
import { newestClient } from '#test/lib/mcp-clients.ts';
import { startToolRunner } from '#test/lib/tool-runner.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

/** Names of the tools that a runner lists whose server answers so to `initialize`. */
async function toolsAfter(initialize: unknown): Promise<string[]> {
  const server = stack.use(await startHostileServer({ results: { initialize } }));
  const runner = stack.use(await startToolRunner({ server: 'odd', entry: { type: 'http', url: server.url } }));
  const client = await newestClient(runner);
  stack.defer(() => client.close());
  const { tools } = await client.listTools();
  return tools.map(({ name }) => name);
}

const usual = {
  protocolVersion: '2025-06-18',
  capabilities: { tools: {} },
  serverInfo: { name: 'odd', version: '1' },
};
const { protocolVersion: _version, ...withoutVersion } = usual;
const { capabilities: _capabilities, ...withoutCapabilities } = usual;
const { serverInfo: _info, ...withoutInfo } = usual;

describe('an odd answer to initialize', () => {
  it.each<[string, object]>([
    ['no version of the protocol', withoutVersion],
    ['a version that is a number', { ...usual, protocolVersion: 20_250_618 }],
    ['a version that is null', { ...usual, protocolVersion: null }],
    ['a version of the future', { ...usual, protocolVersion: '2031-01-01' }],
    ['a version between two', { ...usual, protocolVersion: '2025-05-05' }],
    ['no capabilities', withoutCapabilities],
    ['empty capabilities', { ...usual, capabilities: {} }],
    ['capabilities that are a list', { ...usual, capabilities: ['tools'] }],
    ['tools true', { ...usual, capabilities: { tools: true, logging: null, prompts: false, odd: 5 } }],
    ['tools null', { ...usual, capabilities: { tools: null } }],
    ['listChanged that is a text', { ...usual, capabilities: { tools: { listChanged: 'true' } } }],
    ['no serverInfo', withoutInfo],
    ['serverInfo null', { ...usual, serverInfo: null }],
    ['serverInfo that is a text', { ...usual, serverInfo: 'odd' }],
    ['a version of the server that is a number', { ...usual, serverInfo: { name: 'odd', version: 2.5 } }],
    ['a server without a name', { ...usual, serverInfo: { version: '1', title: null, icons: 'x' } }],
    ['instructions that are none', { ...usual, instructions: { a: 1 }, _meta: 'x' }],
    [
      'icons that are none',
      { ...usual, serverInfo: { name: 'odd', version: '1', icons: [{ src: 5 }], websiteUrl: 5 } },
    ],
  ])('with %s costs no tool', async (_, initialize) => {
    expect(await toolsAfter(initialize)).toEqual(['odd__act']);
  });

  it('in a version older than all is an error that names it', async () => {
    await expect(toolsAfter({ ...usual, protocolVersion: '1999-01-01' })).rejects.toThrow('cannot be reached');
  });
});

it('a server that says null capabilities offers nothing', async () => {
  expect(await toolsAfter({ ...usual, capabilities: null })).toEqual([]);
});
