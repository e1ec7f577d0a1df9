import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nextFreePort } from '#shared/ground/ports.ts';
import { newestClient } from '#test/lib/mcp-clients.ts';
import type { Build } from './build.ts';
import { startProcess, type StackProcess } from './process.ts';
import { createRunners, type Runners } from './runners.ts';
import { createScreen } from './screen.ts';

// The process that our domains share, with two of them that need no backend.

const signingKey = 'a-key-of-forty-characters-for-this-test!';
let folder: string;
let runners: Runners;
let shared: StackProcess | undefined;
let said = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-runners-'));
  await writeFile(path.join(folder, 'a.txt'), 'hello');
  const screen = createScreen({ verbose: false, logFolder: folder, write: (text) => (said += text) });
  const env = { PATH: process.env['PATH'], METRICS_PORT: '0', METRICS_HOST: '127.0.0.1', LOG_LEVEL: 'info' };
  const launch: Build['launch'] = (_, spec, options) =>
    (shared = startProcess({ ...spec, env: { ...env, ...spec.env } }, screen, options));
  runners = createRunners({ stopped: () => false, launch });
});
afterAll(async () => {
  await shared?.stop(5_000);
  await rm(folder, { recursive: true, force: true });
});

async function serve(server: string, env: Record<string, string>) {
  const address = { HOST: '127.0.0.1', PORT: String(await nextFreePort(0)) };
  const own = { ...address, DRAGOMAN_SIGNING_KEY: signingKey, MCP_SERVER: server, ...env };
  return runners.serve(server, own, { failingMs: 500 });
}

async function read(url: string): Promise<unknown> {
  const client = await newestClient({ url, server: 'filesystem', signingKey });
  const { content } = await client.callTool({ name: 'read_file', arguments: { path: 'a.txt' } });
  await client.close();
  return content;
}

test('domains share a process; one that is set wrongly is told, and the others work', async () => {
  const [files, database] = await Promise.all([
    serve('filesystem', { FILESYSTEM_ROOT: folder }),
    serve('sqlite', { SQLITE_ROOT: '/' }),
  ]);
  await files.ready;
  await expect(database.ready).rejects.toThrow('sqlite could not start: SQLITE_ROOT "/": must be a folder below /');
  const away = await serve('sqlite', { SQLITE_ROOT: path.join(folder, 'none') });
  await expect(away.ready).rejects.toThrow(/sqlite is not ready: sqlite: SQLITE_ROOT: .*none is no folder/);
  expect(await read(files.addresses()['mcp'] ?? '')).toEqual([{ type: 'text', text: 'hello' }]);
  // What was said is the caller's to show.
  expect(said).toBe('');
});

test('after a crash each domain is served again where it was', async () => {
  const files = await serve('filesystem', { FILESYSTEM_ROOT: folder });
  await files.ready;
  const before = shared?.pid();
  process.kill(before ?? 0, 'SIGKILL');
  await expect.poll(() => shared?.pid()).not.toBe(before);
  await expect.poll(() => said, { timeout: 30_000 }).toContain('tool-runners is back');
  expect(await read(files.addresses()['mcp'] ?? '')).toEqual([{ type: 'text', text: 'hello' }]);
  expect(said).toContain('tool-runners ended (SIGKILL)');
});

test('it ends in order although a domain is only being opened', async () => {
  await serve('filesystem', { FILESYSTEM_ROOT: folder });
  await shared?.stop(30_000);
  await expect.poll(() => readFile(path.join(folder, runners.log), 'utf8')).toMatch(/"stopping"[\s\S]*"stopped"/);
  shared = undefined;
});
