import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startHttpServer, startSseServer } from '#test/lib/added-servers.ts';
import { processesNaming, startProgram } from '#test/lib/stack.ts';

// Tests `dragoman servers …` on a list of its own, with servers of others behind the real tool-runner.

let folder: string;
let file: string;
let parts: AsyncDisposableStack;

beforeEach(() => {
  parts = new AsyncDisposableStack();
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-servers-'));
  parts.defer(() => rmSync(folder, { recursive: true, force: true }));
  file = path.join(folder, 'servers.json');
});
afterEach(() => parts.disposeAsync());

function servers(args: string[], env: Record<string, string> = {}) {
  const own = { DRAGOMAN_STATE_DIR: path.join(folder, 'state'), MCP_SERVERS_FILE: file, ...env };
  return startProgram('services/cli/main.ts', ['servers', ...args], { env: own }).finished;
}

const memory = ['--', 'npx', '-y', '@modelcontextprotocol/server-memory'];
const read = () => readFileSync(file, 'utf8');

it('adds a server, says what it is and which tools it has, and refuses its name from then on', async () => {
  writeFileSync(file, '{\n  // ours\n  "mcpServers": {\n    "one": { "command": "one" } // the first\n  }\n}\n', {
    mode: 0o640,
  });
  const { code, stdout } = await servers(['add', 'memory', ...memory]);
  expect({ code, stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/✓ memory works: memory-server \S+, MCP 20\S+, 11 tools, /),
  });
  expect(stdout).toContain('    memory__create_entities\n');
  expect(read()).toBe(
    '{\n  // ours\n  "mcpServers": {\n    "one": { "command": "one" }, // the first\n    "memory": { "command": "npx", "args": ["-y", "@modelcontextprotocol/server-memory"] }\n  }\n}\n',
  );
  expect(statSync(file).mode & 0o777).toBe(0o640);
  const again = await servers(['add', 'memory', ...memory]);
  expect(again.code).toBe(2);
  expect(again.stderr).toMatch(/has a server memory already\. .*servers remove memory.*another name/);
  await servers(['remove', 'memory']);
  expect(read()).toBe('{\n  // ours\n  "mcpServers": {\n    "one": { "command": "one" } // the first\n  }\n}\n');
});

it('adds servers elsewhere, over both transports, with a secret of the environment', async () => {
  const http = parts.use(await startHttpServer('Bearer of-the-web-server'));
  const sse = parts.use(await startSseServer());
  const header = ['--header', 'Authorization=Bearer ${WEB_TOKEN}'];
  const web = await servers(['add', 'web', '--url', http.url, ...header], { WEB_TOKEN: 'of-the-web-server' });
  expect(web).toMatchObject({ code: 0, stdout: expect.stringContaining('shouter 1.0.0, MCP 2025-11-25, 1 tools') });
  const old = await servers(['add', 'old', '--url', sse.url, '--type', 'sse']);
  expect(old).toMatchObject({ code: 0, stdout: expect.stringContaining('old__shout') });
  const unset = await servers(['test', 'web']);
  expect(unset).toMatchObject({ code: 1, stdout: expect.stringContaining('WEB_TOKEN is not set. The entry "web"') });
  const wrong = await servers(['test', 'web'], { WEB_TOKEN: 'another-secret-text' });
  expect(wrong).toMatchObject({ code: 1, stdout: expect.stringMatching(/✗ web does not work: .*401/) });
  expect(wrong.stdout + wrong.stderr).not.toContain('another-secret-text');
});

it('warns of secrets that were pasted, shows the other form, and never prints them', async () => {
  const pasted = 'BSA-pasted-4711';
  const command = ['--', 'no-such-server', '--api-key', pasted, 'postgres://me:pasted-4711@db/x'];
  const { code, stdout, stderr } = await servers(['add', 'search', '--env', `BRAVE_API_KEY=${pasted}`, ...command]);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /env\.BRAVE_API_KEY looks like a secret.*BRAVE_API_KEY=… in \.env, and \$\{BRAVE_API_KEY\} in/,
  );
  expect(stderr.match(/args\[\d\] looks like a secret/g)).toHaveLength(2);
  expect(stdout).toContain('its command no-such-server was not found');
  expect(read()).toContain(pasted);
  const listed = await Promise.all([servers(['list']), servers(['list', '--json']), servers(['test', 'search'])]);
  for (const each of listed) expect(each.stdout + each.stderr).not.toMatch(/pasted/);
  expect(stdout + stderr).not.toMatch(/pasted/);
});

it("takes another client's file over", async () => {
  const sse = parts.use(await startSseServer());
  const theirs = path.join(folder, 'mcp.json');
  writeFileSync(
    theirs,
    `{ // of an editor
      "inputs": [{ "id": "graph file", "type": "promptString" }],
      "servers": {
        "My Memory": { "type": "stdio", "command": "npx", "args": ["-y", "@modelcontextprotocol/server-memory"], "env": { "MEMORY_FILE_PATH": "\${input:graph file}" }, "alwaysAllow": ["read_graph"] },
        "shouter": { "url": "${sse.url}" },
        "here": { "command": "node", "args": ["\${workspaceFolder}/server.js"] },
        "off": { "command": "x", "disabled": true },
      },
    }`,
  );
  const { code, stdout, stderr } = await servers(['add', '--from', theirs], {
    GRAPH_FILE: path.join(folder, 'g.jsonl'),
  });
  expect(code).toBe(1);
  expect(stderr).toContain('Not added: here: ${workspaceFolder} is filled in by an editor only');
  expect(stderr).toContain('"alwaysAllow" is not used');
  expect(stdout).toMatch(/Added my-memory .*\(it was "My Memory"\)/);
  expect(stdout.match(/✓ (\S+) works/g)).toEqual(['✓ my-memory works', '✓ shouter works']);
  const { mcpServers } = JSON.parse(read()) as { mcpServers: Record<string, unknown> };
  expect(mcpServers).toEqual({
    'my-memory': {
      command: 'npx',
      args: ['-y', '@modelcontextprotocol/server-memory'],
      env: { MEMORY_FILE_PATH: '${GRAPH_FILE}' },
    },
    shouter: { type: 'sse', url: sse.url },
    off: { command: 'x', disabled: true },
  });
});

it('of two names of a file that would be the same the second gets a number', async () => {
  const theirs = path.join(folder, 'mcp.json');
  const both = { 'My Server': { command: 'one' }, my_server: { command: 'two' } };
  writeFileSync(theirs, JSON.stringify({ mcpServers: both }));
  const { code, stdout } = await servers(['add', '--no-test', '--from', theirs]);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('(it was "my_server")') });
  expect(JSON.parse(read())).toEqual({
    mcpServers: { 'my-server': { command: 'one' }, 'my-server-2': { command: 'two' } },
  });
});

it('lists every entry with its state, and switches one off and on', async () => {
  const text = JSON.stringify({
    context_servers: { 'My Memory': { command: 'npx' }, typo: { comand: 'x' }, gone: { command: 'y', enabled: false } },
  });
  writeFileSync(file, text);
  const { code, stdout } = await servers(['list', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual([
    { name: 'my-memory', written: 'My Memory', state: 'enabled', type: 'stdio', target: 'npx', notes: [] },
    { name: 'typo', state: 'broken', problem: 'has neither command nor url, but "comand"', notes: [] },
    { name: 'gone', state: 'disabled', notes: [] },
  ]);
  const states = async () =>
    (JSON.parse((await servers(['list', '--json'])).stdout) as { state: string }[]).map(({ state }) => state);
  await servers(['disable', 'my-memory']);
  await servers(['enable', 'gone']);
  expect(await states()).toEqual(['disabled', 'broken', 'enabled']);
  await servers(['enable', 'My Memory']);
  expect(await states()).toEqual(['enabled', 'broken', 'enabled']);
});

it('ends the server it tries when it is told to end itself', async () => {
  const mark = path.join(folder, 'mark-of-the-server');
  writeFileSync(file, JSON.stringify({ mcpServers: { slow: { command: 'sh', args: ['-c', 'cat', mark] } } }));
  const env = { DRAGOMAN_STATE_DIR: path.join(folder, 'state'), MCP_SERVERS_FILE: file, TMPDIR: folder };
  const running = startProgram('services/cli/main.ts', ['servers', 'test', 'slow'], { env });
  await expect.poll(() => processesNaming(mark).length).toBeGreaterThan(0);
  running.kill('SIGTERM');
  await running.finished;
  await expect.poll(() => processesNaming(mark)).toEqual([]);
  expect(readdirSync(folder).filter((name) => name.startsWith('dragoman-try-'))).toEqual([]);
});

it.each([
  [['test', 'nobody'], 'has no server "nobody". It has: none.'],
  [['add', 'x'], 'Say either a command, after --, or an address with --url.'],
  [['add'], 'Say a name'],
  [['add', 'x', '--url', 'http://127.0.0.1/mcp', '--env', 'A=b'], '--env and --cwd are for servers with a command'],
  [['add', 'x', '--url', 'no-address'], 'x: url: must be an address'],
  [['add', 'x', '--type', 'ws', '--url', 'http://127.0.0.1/mcp'], 'Allowed choices are http, sse'],
])('ends with 2 and a sentence for %j', async (args, sentence) => {
  const { code, stderr } = await servers(args);
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
});

it('a file that is no list is told by its line, and is not touched', async () => {
  writeFileSync(file, '{\n  "mcpServers": {\n    "a" }\n}');
  const { code, stderr } = await servers(['add', 'memory', ...memory]);
  expect({ code, stderr }).toMatchObject({ code: 78, stderr: expect.stringContaining('line 3: no JSON') });
  expect(read()).toContain('"a" }');
});

it('edits the list where the secrets of a stack are not there yet', async () => {
  writeFileSync(file, '{ "mcpServers": {} }');
  const missing = { DRAGOMAN_SIGNING_KEY_FILE: path.join(folder, 'none'), REDIS_URL_FILE: path.join(folder, 'none') };
  const added = await servers(['add', 'one', '--no-test', '--', 'one'], missing);
  expect(added).toMatchObject({ code: 0, stderr: expect.not.stringContaining('cannot read') });
  expect(await servers(['remove', 'one'], missing)).toMatchObject({ code: 0 });
});
