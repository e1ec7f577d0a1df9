import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newestClient, olderClient } from '#test/lib/mcp-clients.ts';
import { startToolRunner, type TestToolRunner } from '#test/lib/tool-runner.ts';

const modules = path.resolve(import.meta.dirname, '../../node_modules/@modelcontextprotocol');
const script = (server: string) => path.join(modules, server, 'dist/index.js');

describe('server-everything behind the runner', () => {
  let runner: TestToolRunner;
  let client: Client;

  beforeAll(async () => {
    runner = await startToolRunner({
      server: 'everything',
      entry: { command: process.execPath, args: [script('server-everything'), 'stdio'], trustAnnotations: true },
    });
    client = await newestClient(runner);
  });
  afterAll(async () => {
    await client.close();
    await runner[Symbol.asyncDispose]();
  });

  it('lists its tools under its name', async () => {
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toContain('everything__echo');
  });

  it('answers calls of newest and older clients', async () => {
    const call = { name: 'everything__echo', arguments: { message: 'hello' } };
    const content = [{ type: 'text', text: 'Echo: hello' }];
    expect(await client.callTool(call)).toMatchObject({ content });
    await using stack = new AsyncDisposableStack();
    const older = await olderClient(runner);
    stack.defer(() => older.close());
    expect(await older.callTool(call)).toMatchObject({ content });
    expect((await older.listTools()).tools.map((tool) => tool.name)).toContain('everything__echo');
  });

  it('passes progress on', async () => {
    const progress: number[] = [];
    const call = { name: 'everything__trigger-long-running-operation', arguments: { duration: 1, steps: 4 } };
    await client.callTool(call, { onprogress: (step) => progress.push(step.progress) });
    expect(progress.length).toBeGreaterThan(1);
  });
});

describe('server-filesystem and server-memory behind the runner', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'dragoman-wrapped-'));
    await writeFile(path.join(folder, 'a.txt'), 'from the file');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('serves files, with the prefix switched off', async () => {
    await using runner = await startToolRunner({
      server: 'files',
      entry: { command: process.execPath, args: [script('server-filesystem'), folder] },
      env: { TOOL_NAME_PREFIX: 'off' },
    });
    // Tokens and the policy use the catalogue's name.
    const client = await newestClient(runner, { tool: 'files__read_text_file' });
    const result = await client.callTool({ name: 'read_text_file', arguments: { path: path.join(folder, 'a.txt') } });
    expect(result).toMatchObject({ content: [{ type: 'text', text: 'from the file' }] });
    await client.close();
  });

  it('gives a child its own variables and none of the runner', async () => {
    const file = path.join(folder, 'memory.jsonl');
    await using runner = await startToolRunner({
      server: 'memory',
      entry: { command: process.execPath, args: [script('server-memory')], env: { MEMORY_FILE_PATH: '${GRAPH_FILE}' } },
      env: { GRAPH_FILE: file },
    });
    const client = await newestClient(runner);
    const entities = [{ name: 'Vera', entityType: 'person', observations: ['reads maps'] }];
    await client.callTool({ name: 'memory__create_entities', arguments: { entities } });
    expect(await readFile(file, 'utf8')).toContain('reads maps');
    await client.close();
  });
});
