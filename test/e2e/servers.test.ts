import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHttpServer, startSseServer } from '#test/lib/added-servers.ts';
import { cleanEnvironment, startProgram, startTestStack, type TestStack } from '#test/lib/stack.ts';
import { startPlayedModel, type PlayedModel } from '#test/model/played-model.ts';

// Runs `npm start` with another list of servers than the one that comes with it: without databases, with servers of
// others.

const shipped = path.resolve(import.meta.dirname, '../../mcp');
const { mcpServers: own } = JSON.parse(readFileSync(path.join(shipped, 'servers.json'), 'utf8')) as {
  mcpServers: Record<string, object>;
};
const memory = { command: 'npx', args: ['-y', '@modelcontextprotocol/server-memory'] };

let folder: string;
let parts: AsyncDisposableStack;
let model: PlayedModel;
let stack: TestStack;

function writeServers(name: string, mcpServers: Record<string, object | undefined>): string {
  const file = path.join(folder, name);
  writeFileSync(file, JSON.stringify({ mcpServers }));
  return file;
}

beforeAll(async () => {
  parts = new AsyncDisposableStack();
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-servers-'));
  parts.defer(() => rmSync(folder, { recursive: true, force: true }));
  const http = parts.use(await startHttpServer('Bearer of-the-web-server'));
  const sse = parts.use(await startSseServer());
  model = parts.use(await startPlayedModel({ models: ['played'] }));
  const servers = writeServers('servers.json', {
    files: { ...own['filesystem'], env: { FILESYSTEM_HIDDEN_NAMES: '*.md' } },
    memory: { ...memory, env: { MEMORY_FILE_PATH: '${env:GRAPH_FILE}' }, alwaysAllow: ['read_graph'] },
    web: { type: 'http', url: http.url, headers: { Authorization: 'Bearer ${WEB_TOKEN}' } },
    old: { type: 'sse', url: sse.url },
    off: { ...memory, disabled: true },
    missing: { command: 'no-such-mcp-server', args: [] },
    unset: { ...memory, env: { KEY: '${NOT_SET_ANYWHERE}' } },
    'Old Memory': { ...memory, command: undefined, path: 'npx' },
  });
  const policy = path.join(folder, 'policy.yaml');
  const grant = 'roles:\n  added: { allow: ["memory__*", "web__*", "old__*"] }\n';
  const text = readFileSync(path.join(shipped, 'policy.yaml'), 'utf8');
  writeFileSync(policy, text.replace('roles:\n', grant).replace('terminal: [operator]', 'terminal: [operator, added]'));
  stack = parts.use(
    await startTestStack({
      LITELLM_API_BASE: model.url,
      MODEL_NAME: 'played',
      MCP_SERVERS_FILE: servers,
      POLICY_FILE: policy,
      WEB_TOKEN: 'of-the-web-server',
      GRAPH_FILE: path.join(folder, 'graph.jsonl'),
    }),
  );
}, 180_000);
afterAll(() => parts?.disposeAsync(), 60_000);

it('runs what the list names, and no backend that nothing needs', () => {
  const names = Object.keys(stack.file().services).toSorted();
  const runners = ['memory', 'missing', 'old', 'unset', 'web'].map((name) => `tool-runner-${name}`);
  expect(names).toEqual(['api', 'ingress', 'playground', 'redis', ...runners, 'tool-runners', 'worker']);
});

it('tells of each server that does not start, with the reason, and of no other', async () => {
  const told = () => stack.starter.stderr().match(/cannot be used: .*/g);
  await expect.poll(told).toHaveLength(3);
  const all = stack.starter.stderr();
  expect(all).toMatch(/missing cannot be used: .*no-such-mcp-server was not found/);
  expect(all).toMatch(/unset cannot be used: NOT_SET_ANYWHERE is not set/);
  expect(all).toMatch(/old-memory cannot be used: .*has neither command nor url, but "args", "path"/);
  expect(all).toContain('The MCP server "Old Memory" is called old-memory here.');
  expect(all).toMatch(/The MCP server memory: "alwaysAllow" is not used: .*policy\.yaml/);
});

it('asks a first question about what is there', async () => {
  await expect.poll(() => stack.starter.stderr()).toContain('A first question: Which files are in the workspace?');
});

it('lists the tools of the added servers', async () => {
  const { stdout, stderr } = await stack.dragoman(['tools', '--json']);
  const tools = JSON.parse(stdout) as { tool: string; permission: string }[];
  const permissions = new Map(tools.map(({ tool, permission }) => [tool, permission]));
  for (const tool of ['memory__create_entities', 'web__shout', 'old__shout', 'list_directory'])
    expect(permissions.get(tool)).toBe('allow');
  expect(stdout).not.toMatch(/postgres_|minio_|off__/);
  expect(stderr).toMatch(/Away, and their tools with them:\n(.*\n)*! missing: .*no-such-mcp-server was not found/);
  expect(stderr).toMatch(/! old-memory: has neither command nor url/);
});

it('shows in the list of servers which work, with the number of their tools, and why others do not', async () => {
  const { stdout } = await stack.dragoman(['servers', 'list', '--json']);
  const rows = JSON.parse(stdout) as { name: string; state: string; tools?: number; problem?: string }[];
  const states = Object.fromEntries(rows.map(({ name, state, tools }) => [name, tools ?? state]));
  expect(states).toEqual({
    files: 7,
    memory: 11,
    web: 1,
    old: 1,
    off: 'disabled',
    missing: 'away',
    unset: 'away',
    'old-memory': 'broken',
  });
  expect(rows.find(({ name }) => name === 'missing')?.problem).toContain('no-such-mcp-server was not found');
});

it('says in doctor which servers are away, why, and what to do', async () => {
  const { code, stdout } = await stack.dragoman(['doctor']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/✓ tools: memory +11 at/);
  expect(stdout).toMatch(
    /✗ tools: missing .*no-such-mcp-server was not found.*\n.*→ npx dragoman servers test missing/,
  );
  expect(stdout).toMatch(/✗ MCP servers .*wrong and left out: old-memory \("Old Memory"\) \(has neither/);
});

it('tells the model nothing of servers that do not work', async () => {
  model.script('noise', () => ({ text: 'Nothing to say.' }));
  await stack.dragoman(['run', '[script:noise] Hello.']);
  const asked = JSON.stringify(model.requests.at(-1)?.body);
  expect(asked).toContain('[script:noise]');
  expect(asked).not.toMatch(/\bunset\b|old-memory|no-such|cannot be reached/);
});

const vera = { entities: [{ name: 'Vera', entityType: 'person', observations: ['reads maps'] }] };

// Each question gets its own run: once a run has read one stranger's tool, another stranger's tool needs a yes.
it.each([
  ['a child', 'memory__create_entities', vera, 'reads maps'],
  ['streamable HTTP', 'web__shout', { text: 'hello' }, 'HELLO over http'],
  ['HTTP+SSE', 'old__shout', { text: 'hello' }, 'HELLO over sse'],
])('calls a tool over %s through the worker', async (_, name, args, expected) => {
  model.script('added', ({ step, results }) =>
    step === 0 ? { toolCalls: [{ name, arguments: args }] } : { text: results.map(({ text }) => text).join('\n') },
  );
  const { code, stdout, stderr } = await stack.dragoman(['run', '[script:added] Use it.']);
  expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: expect.stringContaining(expected) });
});

it("gives a server what its entry's env says: a child a variable of ours, a domain its setting", async () => {
  expect(readFileSync(path.join(folder, 'graph.jsonl'), 'utf8')).toContain('reads maps');
  model.script('list', ({ step, results }) =>
    step === 0
      ? {
          toolCalls: [
            { name: 'list_directory', arguments: { path: '.' } },
            { name: 'list_directory', arguments: { path: 'notes' } },
          ],
        }
      : { text: results.map(({ text }) => text).join('\n') },
  );
  const { stdout } = await stack.dragoman(['run', '[script:list] Look.']);
  expect(stdout).toContain('notes');
  expect(stdout).not.toContain('welcome.md');
});

it('answers --once without the storage and with another server', { timeout: 180_000 }, async () => {
  const servers = writeServers('once.json', { ...own, storage: undefined, memory });
  const state = path.join(folder, 'once');
  const env = { ...cleanEnvironment(), DRAGOMAN_STATE_DIR: state, MCP_SERVERS_FILE: servers };
  const question = 'Which tables are in the database, and how many rows has the largest?';
  const { code, stdout, stderr } = await startProgram('start/main.ts', ['--once', question], { env }).finished;
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('✓ tool-runner-memory') });
  expect(stdout).toContain('order_items');
  expect(stderr).not.toMatch(/✓ (tool-runner-)?storage|cannot be used/);
});
