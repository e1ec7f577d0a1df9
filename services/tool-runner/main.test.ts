import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serverKeyText } from '#shared/rights/server-key.ts';
import { newestClient } from '#test/lib/mcp-clients.ts';

const main = path.resolve(import.meta.dirname, 'main.ts');
const root = path.resolve(import.meta.dirname, '../..');
const signingKey = 'k'.repeat(40);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-boot-'));
  await writeFile(path.join(folder, 'a.txt'), 'hello');
});
afterAll(() => rm(folder, { recursive: true }));

function run(env: Record<string, string>) {
  const variables = { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', ...env };
  return spawn(process.execPath, [main], { cwd: root, env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
}

// It has the key of its own server alone, as on Compose and with npm start.
const ownKey = serverKeyText(signingKey, 'filesystem');

it('boots, serves, and ends with code 0 at SIGTERM', async () => {
  const child = run({ MCP_SERVER: 'filesystem', FILESYSTEM_ROOT: folder, DRAGOMAN_SIGNING_KEY: ownKey });
  const exited = once(child, 'exit');
  let url = '';
  for await (const line of createInterface(child.stdout)) {
    const entry = JSON.parse(line) as { msg: string; addresses?: { mcp: string } };
    if (entry.msg !== 'ready') continue;
    url = entry.addresses?.mcp ?? '';
    break;
  }
  expect(await (await fetch(new URL('/readyz', url))).json()).toEqual({ ready: true, checks: { filesystem: 'ok' } });
  const client = await newestClient({ url, server: 'filesystem', signingKey });
  const result = await client.callTool({ name: 'read_file', arguments: { path: 'a.txt' } });
  expect(result).toMatchObject({ content: [{ text: 'hello' }] });
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  await client.close();
});

it.each([
  [{ MCP_SERVER: 'filesystem' }, 'DRAGOMAN_SIGNING_KEY is not set'],
  [
    { MCP_SERVER: 'filesystem', DRAGOMAN_SIGNING_KEY: serverKeyText(signingKey, 'fetch') },
    'DRAGOMAN_SIGNING_KEY: is the key of the server fetch, and this is filesystem',
  ],
  [{ MCP_SERVER: 'nowhere', DRAGOMAN_SIGNING_KEY: signingKey }, 'has no enabled server "nowhere"'],
  [{ MCP_SERVER: 'filesystem', FILESYSTEM_ROOT: '/', DRAGOMAN_SIGNING_KEY: signingKey }, 'must be a folder below /'],
])('ends with code 78 and a line that says what is wrong: %o', async (env, line) => {
  const child = run(env);
  const exited = once(child, 'exit');
  let stderr = '';
  for await (const chunk of child.stderr) stderr += String(chunk);
  expect(await exited).toEqual([78, null]);
  expect(stderr).toContain(line);
  expect(stderr).not.toContain('    at ');
});
