import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyRepository, followPage, root, type Copy } from './copy.ts';
import type { Step } from './steps.ts';

// Follows the recipes in docs/ literally, in a copy of the repository.

const pages = ['adding-a-tool.md', 'adding-a-command.md', 'adding-a-job.md', 'adding-a-metric.md'];
const limitMs = 240_000;

let copy: Copy;
const steps: Step[] = [];

beforeAll(async () => {
  copy = await copyRepository();
  for (const page of pages) steps.push(...(await followPage(copy, page)));
}, limitMs);
afterAll(() => copy[Symbol.asyncDispose]());

test('every file that the recipes make or change passes the type check', { timeout: limitMs }, async () => {
  const touched = steps.flatMap((step) => (step.kind !== 'run' && step.file.endsWith('.ts') ? [step.file] : []));
  expect(touched.length).toBeGreaterThan(18);
  const config = { extends: './tsconfig.json', include: ['mcp/**/*.d.ts', ...new Set(touched)] };
  await writeFile(path.join(copy.root, 'tsconfig.recipes.json'), JSON.stringify(config));
  const { said } = await copy.run(path.join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.recipes.json']);
  expect(said).toBe('');
});

test('the commands that the recipes name run, and the new tests pass', { timeout: limitMs }, async () => {
  const commands = steps.flatMap((step) => (step.kind === 'run' ? [step.command] : []));
  const filters = commands.flatMap((command) => /^npm test -- (.*)$/.exec(command)?.[1]?.split(' ') ?? []);
  // What else they name is run in domain.test.ts.
  const others = commands.filter((command) => !command.startsWith('npm test -- '));
  expect(others).toEqual(['npm run generate', 'npm run check -- generated boundaries']);
  // All at once: each start of the test runner takes seconds.
  const { code, said } = await copy.run(process.execPath, ['test/run.ts', ...filters]);
  expect(code, said).toBe(0);
  const made = steps.flatMap((step) => (step.kind === 'create' && step.file.endsWith('.test.ts') ? [step.file] : []));
  expect(made.length).toBe(6);
  for (const file of made) expect(said).toContain(file);
});

test('the new tool answers over stdio, beside those that were there', { timeout: limitMs }, async () => {
  const script =
    'import { serveDomainOverStdio } from "#mcp/stdio.ts"; await serveDomainOverStdio("filesystem", process.env);';
  await writeFile(path.join(copy.root, 'mcp/serve.ts'), script);
  await writeFile(path.join(copy.root, 'poem.txt'), 'one\ntwo\n');
  const client = new Client({ name: 'test', version: '1' });
  const env = { PATH: process.env['PATH'] ?? '', FILESYSTEM_ROOT: copy.root };
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [path.join(copy.root, 'mcp/serve.ts')], env }),
  );
  const names = (await client.listTools()).tools.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['count_lines', 'read_file']));
  const result = await client.callTool({ name: 'count_lines', arguments: { path: 'poem.txt' } });
  expect(result).toMatchObject({ structuredContent: { lines: 2 } });
  await client.close();
});
