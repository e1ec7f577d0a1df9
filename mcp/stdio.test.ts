import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { domainNames, type DomainName } from './domains.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-stdio-'));
});
afterAll(() => rm(folder, { recursive: true }));

const serve = path.join(import.meta.dirname, 'stdio.ts');

/** Of settings without a default, or without which there are no tools. The backends need not be there: listing tools asks none of them. */
const variables: Partial<Record<DomainName, Record<string, string>>> = {
  postgres: { POSTGRES_URL: 'postgres://nobody:secret@127.0.0.1:1/none' },
  storage: { S3_ENDPOINT: 'http://127.0.0.1:1', S3_ACCESS_KEY: 'access', S3_SECRET_KEY: 'secret' },
  monitoring: { PROMETHEUS_URL: 'http://127.0.0.1:1' },
  n8n: { N8N_URL: 'http://127.0.0.1:1', N8N_API_KEY: 'made-up-key' },
  timescaledb: { TIMESCALE_URL: 'postgres://nobody:secret@127.0.0.1:1/none' },
};

function command(name: string, env: Record<string, string> = {}) {
  const script = `import { serveDomainOverStdio } from ${JSON.stringify(serve)};
    await serveDomainOverStdio(${JSON.stringify(name)}, process.env);`;
  return {
    command: process.execPath,
    args: ['--input-type=module', '-e', script],
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stderr: 'ignore' as const,
  };
}

describe.each(domainNames)('the domain %s over stdio', (name) => {
  it('lists its tools to newest and older clients', async () => {
    const newest = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
    const older = new OldClient({ name: 'test', version: '1' });
    await newest.connect(new StdioClientTransport(command(name, variables[name])));
    await older.connect(new OldTransport(command(name, variables[name])));
    const names = (await newest.listTools()).tools.map((tool) => tool.name);
    expect(names.length).toBeGreaterThan(0);
    expect((await older.listTools()).tools.map((tool) => tool.name)).toEqual(names);
    expect(newest.getProtocolEra()).toBe('modern');
    await Promise.all([newest.close(), older.close()]);
  });
});

it('calls a tool, and prints nothing but the protocol', async () => {
  const { command: node, args, env } = command('filesystem', { FILESYSTEM_ROOT: folder });
  const child = spawn(node, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const call = {
    jsonrpc: '2.0',
    id: 2,
    method: 'tools/call',
    params: { name: 'list_directory', arguments: { path: '.' } },
  };
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } },
  };
  const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };
  for (const message of [initialize, initialized, call]) child.stdin.write(`${JSON.stringify(message)}\n`);
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.trim().split('\n').length === 2) child.stdin.end();
  }
  expect(await exited).toEqual([0, null]);
  const messages = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: number; result: unknown });
  expect(messages.map((message) => message.id)).toEqual([1, 2]);
  expect(messages[1]).not.toMatchObject({ result: { isError: true } });
});

it('a message that is too large is answered, and the server goes on', async () => {
  const { command: node, args, env } = command('filesystem', { FILESYSTEM_ROOT: folder });
  const child = spawn(node, args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const send = (id: number, method: string, params: object) =>
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
  const next = async () => JSON.parse(String((await lines.next()).value)) as Record<string, unknown>;
  const clientInfo = { name: 'test', version: '1' };
  send(1, 'initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
  expect(await next()).toMatchObject({ id: 1, result: {} });
  send(2, 'tools/call', { name: 'write_file', arguments: { path: 'x', content: 'x'.repeat(33_000_000) } });
  expect(await next()).toMatchObject({ id: 2, error: { message: expect.stringContaining('nothing was done') } });
  send(3, 'tools/call', { name: 'list_directory', arguments: { path: '.' } });
  expect(await next()).toMatchObject({ id: 3, result: { content: [{ type: 'text' }] } });
  const exited = once(child, 'exit');
  child.stdin.end();
  expect(await exited).toEqual([0, null]);
});
