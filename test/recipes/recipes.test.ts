import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadServers } from '#shared/servers/list.ts';
import { newestClient } from '#test/lib/mcp-clients.ts';
import { startToolRunner } from '#test/lib/tool-runner.ts';
import { applyDiff, stepsOf, type Step } from './steps.ts';

// Follows the recipes in docs/ literally, in a copy of the repository.

const root = path.resolve(import.meta.dirname, '../..');
const pages = ['adding-a-tool.md', 'adding-a-command.md', 'adding-a-job.md', 'adding-a-metric.md'];
const limitMs = 240_000;

let copy: string;
let steps: Step[];

beforeAll(async () => {
  copy = await mkdtemp(path.join(tmpdir(), 'dragoman-recipes-'));
  await copyRepository();
  const texts = await Promise.all(pages.map((page) => readFile(path.join(root, 'docs', page), 'utf8')));
  steps = texts.flatMap(stepsOf);
  for (const step of steps) await follow(step);
}, limitMs);
afterAll(() => rm(copy, { recursive: true, force: true }));

async function copyRepository(): Promise<void> {
  const parts = ['docs', 'grafana', 'litellm', 'mcp', 'services', 'shared', 'start', 'test'];
  const files = [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'vitest.config.ts',
    'compose.yaml',
    '.env.example',
  ];
  await Promise.all(
    [...parts, ...files].map((name) => cp(path.join(root, name), path.join(copy, name), { recursive: true })),
  );
  await symlink(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
}

/** Does one step. Commands are left for the tests. */
async function follow(step: Step): Promise<void> {
  if (step.kind === 'run') return;
  const file = path.join(copy, step.file);
  if (step.kind === 'create') {
    await mkdir(path.dirname(file), { recursive: true });
    // Fails where a file exists already.
    await writeFile(file, step.text, { flag: 'wx' });
    return;
  }
  const changed = applyDiff(await readFile(file, 'utf8'), step.lines);
  await writeFile(file, changed);
}

/**
 * Runs a program in the copy, without the environment that this suite's own process got. Returns its exit code and all
 * that it printed.
 */
function runInCopy(command: string, args: string[]): Promise<{ code: number | null; said: string }> {
  const { PATH, HOME, XDG_CACHE_HOME } = process.env;
  const env = { PATH, HOME, NO_COLOR: '1', CI: 'true', ...(XDG_CACHE_HOME && { XDG_CACHE_HOME }) };
  const child = spawn(command, args, { cwd: copy, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, said }));
  });
}

test('every file that the recipes make or change passes the type check', { timeout: limitMs }, async () => {
  const touched = steps.flatMap((step) => (step.kind !== 'run' && step.file.endsWith('.ts') ? [step.file] : []));
  expect(touched.length).toBeGreaterThan(15);
  const config = { extends: './tsconfig.json', include: ['mcp/**/*.d.ts', ...new Set(touched)] };
  await writeFile(path.join(copy, 'tsconfig.recipes.json'), JSON.stringify(config));
  const checked = promisify(execFile)(path.join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.recipes.json'], {
    cwd: copy,
  });
  expect(await checked.catch((error: { stdout: string }) => error)).toMatchObject({ stdout: '' });
});

test('the commands that the recipes name run, and the new tests pass', { timeout: limitMs }, async () => {
  const commands = steps.flatMap((step) => (step.kind === 'run' ? [step.command] : []));
  const filters = commands.map((command) => /^npm test -- (.*)$/.exec(command)?.[1]?.split(' '));
  expect(filters).not.toContain(undefined);
  // All run at once, because each start of the test runner takes seconds.
  const { code, said } = await runInCopy(process.execPath, ['test/run.ts', ...filters.flatMap((words) => words ?? [])]);
  expect(code, said).toBe(0);
  const made = steps.flatMap((step) => (step.kind === 'create' && step.file.endsWith('.test.ts') ? [step.file] : []));
  expect(made.length).toBe(5);
  for (const file of made) expect(said).toContain(file);
});

test('the new tool answers over stdio, beside those that were there', { timeout: limitMs }, async () => {
  const script =
    'import { serveDomainOverStdio } from "#mcp/stdio.ts"; await serveDomainOverStdio("filesystem", process.env);';
  await writeFile(path.join(copy, 'mcp/serve.ts'), script);
  await writeFile(path.join(copy, 'poem.txt'), 'one\ntwo\n');
  const client = new Client({ name: 'test', version: '1' });
  const env = { PATH: process.env['PATH'] ?? '', FILESYSTEM_ROOT: copy };
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [path.join(copy, 'mcp/serve.ts')], env }),
  );
  const names = (await client.listTools()).tools.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['count_lines', 'read_file']));
  const result = await client.callTool({ name: 'count_lines', arguments: { path: 'poem.txt' } });
  expect(result).toMatchObject({ structuredContent: { lines: 2 } });
  await client.close();
});

describe("somebody's server", () => {
  let page: string;
  beforeAll(async () => {
    page = await readFile(path.join(root, 'docs/adding-a-tool.md'), 'utf8');
  });

  test(
    'the entries of the page are read as they stand, and the one on npm is served',
    { timeout: limitMs },
    async () => {
      const block = /```json\n([\s\S]*?)\n```/.exec(page)?.[1] ?? '';
      const file = path.join(copy, 'servers.json');
      await writeFile(file, `{ "mcpServers": {\n${block}\n} }`);
      const { servers, broken } = loadServers(file);
      expect([...broken.keys()]).toEqual([]);
      const entry = servers.get('memory') as Record<string, unknown> | undefined;
      expect(entry).toMatchObject({ command: 'npx', args: ['-y', '@modelcontextprotocol/server-memory'] });
      const env = { GRAPH_FILE: path.join(copy, 'graph.json') };
      await using runner = await startToolRunner({ server: 'memory', entry: entry ?? {}, env });
      await using client = await connected(runner);
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toContain('memory__create_entities');
    },
  );

  async function connected(runner: Parameters<typeof newestClient>[0]): Promise<Client & AsyncDisposable> {
    const client = await newestClient(runner);
    return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
  }
});
