import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { docker, run, type Finished } from './docker.ts';

// A server of somebody else's on Compose, in a checkout and a project of its own beside the suite's: one entry in
// servers.json, and no YAML by hand.

const root = path.resolve(import.meta.dirname, '../..');
const variables = {
  COMPOSE_PROJECT_NAME: 'dragoman-test-added',
  COMPOSE_FILE: 'compose.yaml',
  COMPOSE_PROFILES: '',
  NOTES_KEY: 'of-the-notes',
  LITELLM_DATABASE: '',
};
let folder: string;

/** An MCP server over stdio in a file of its own. Its one tool tells what the program sees around it. */
const server = `
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
const answers = {
  initialize: (params) => ({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'notes', version: '1' } }),
  'tools/list': () => ({ tools: [{ name: 'look', description: 'Looks around', inputSchema: { type: 'object' } }] }),
};
writeFileSync('/data/seen.json', JSON.stringify({ key: process.env.NOTES_KEY, signing: process.env.DRAGOMAN_SIGNING_KEY_FILE }));
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const result = answers[method]?.(params);
  const answer = result ? { result } : { error: { code: -32601, message: 'no such method' } };
  process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, ...answer }) + '\\n');
});
`;

function compose(args: string[], options: { check?: boolean } = {}): Promise<Finished> {
  return docker(['compose', ...args], { cwd: folder, env: variables, ...options });
}

/** As docs/servers.md says it for a host without Node. */
function servers(args: string[]): Promise<Finished> {
  const asOwner = ['-u', `${process.getuid?.()}:${process.getgid?.()}`, '-v', `${folder}:/project`];
  const file = ['-e', 'MCP_SERVERS_FILE=/project/mcp/servers.json'];
  return compose(['run', '--rm', '-T', '--no-deps', ...asOwner, ...file, 'cli', 'servers', ...args]);
}

async function inRunner(code: string): Promise<string> {
  const done = await compose(['exec', '-T', 'tool-runner-notes', 'node', '--input-type=module', '-e', code]);
  return done.stdout.trim();
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-added-'));
  const { stdout } = await run('git', ['ls-files', 'compose.yaml', 'mcp', 'litellm', 'grafana', 'shared'], {
    cwd: root,
  });
  for (const file of stdout.trim().split('\n')) cpSync(path.join(root, file), path.join(folder, file));
  writeFileSync(path.join(folder, 'mcp/notes.mjs'), server);
  // Without our domains: none of their containers is started here, and names that nobody has are slow to look up.
  writeFileSync(path.join(folder, 'mcp/servers.json'), '{ "mcpServers": {} }\n');
  // Two stacks on one machine cannot have one range of addresses (docs/operations.md); the suite's has this one.
  const file = path.join(folder, 'compose.yaml');
  const text = readFileSync(file, 'utf8');
  const other = text.replace(/\{ subnet: 169\.254\.169\.240\/28, .*\} \}/, '{ subnet: 198.18.0.0/28 }');
  expect(other).not.toBe(text);
  writeFileSync(file, other);
});
afterAll(async () => {
  await compose(['down', '-v', '--remove-orphans', '--timeout', '5'], { check: false });
  rmSync(folder, { recursive: true, force: true });
});

test('one command gives it a container of its own that nothing but the workers reach, with its secret in a file', async () => {
  const added = await servers([
    'add',
    'notes',
    '--no-test',
    '--env',
    'NOTES_KEY=${NOTES_KEY}',
    '--',
    'node',
    '/config/notes.mjs',
  ]);
  expect(added.stderr).toContain('compose.yaml, litellm/config.yaml, grafana/prometheus/prometheus.yml follow');
  // Healthy: the server has answered and its tools are known.
  await compose(['up', '-d', '--wait', '--wait-timeout', '180', 'tool-runner-notes']);
  const seen = JSON.parse(
    await inRunner(`console.log(await import('node:fs').then((fs) => fs.readFileSync('/data/seen.json', 'utf8')))`),
  ) as unknown;
  expect(seen).toEqual({ key: 'of-the-notes' });
  const { stdout } = await compose(['exec', '-T', 'tool-runner-notes', 'env']);
  expect(stdout).toContain('NOTES_KEY_FILE=/run/secrets/server/NOTES_KEY');
  expect(stdout).not.toContain('of-the-notes');
  const out = `const answer = await fetch('http://192.0.2.1/', { signal: AbortSignal.timeout(3000) }).catch((error) => error.name + ' ' + error.cause?.code); console.log(String(answer))`;
  expect(await inRunner(out)).toMatch(/ENETUNREACH|EHOSTUNREACH|TimeoutError/);
});

test('a worker finds its tools under its name', async () => {
  const cli = ['node', 'services/cli/main.ts', 'tools', '--all', '--json'];
  const { stdout, stderr } = await compose(['run', '--rm', '-T', '--no-deps', 'worker', ...cli], { check: false });
  const listed = (JSON.parse(stdout) as { tool: string }[]).map(({ tool }) => tool);
  expect({ listed, stderr }).toMatchObject({ listed: expect.arrayContaining(['notes__look']) });
});

test('taken out again it is gone', async () => {
  await servers(['remove', 'notes']);
  expect((await compose(['config', '--services'])).stdout).not.toContain('notes');
  await compose(['up', '-d', '--remove-orphans', '--no-deps', 'secrets']);
  expect((await compose(['ps', '-a', '--services'])).stdout).not.toContain('notes');
});
