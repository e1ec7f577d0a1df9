import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newestRequest, rawRequest } from '#test/lib/raw-mcp.ts';
import { startToolRunner, type TestToolRunner } from '#test/lib/tool-runner.ts';

const policy = `
version: 1
roles:
  reader: { allow: [read_file], approve: [write_file] }
members: { everyone: [], terminal: [], api_keys: { litellm: [reader] } }
`;
const token = 'a1b2c3d4e5f6';

let folder: string;
let runner: TestToolRunner;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-clients-'));
  await writeFile(path.join(folder, 'a.txt'), 'hello');
  const clients = path.join(folder, 'clients.json');
  await writeFile(clients, JSON.stringify({ litellm: createHash('sha256').update(token).digest('hex') }));
  const env = { FILESYSTEM_ROOT: folder, MCP_CLIENTS_FILE: clients };
  runner = await startToolRunner({ server: 'filesystem', policy, env });
});
afterAll(async () => {
  await runner[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function send(bearer: string, method: string, params: Record<string, unknown> = {}) {
  const request = newestRequest(method, params);
  const headers = { ...request.headers, authorization: `Bearer ${bearer}` };
  return rawRequest(runner.url, { ...request, headers });
}

it('lets a client use what the policy allows it', async () => {
  const answer = await send(token, 'tools/call', { name: 'read_file', arguments: { path: 'a.txt' } });
  expect(answer.status).toBe(200);
  expect(answer.text).toContain('hello');
});

it('shows a client only what it may use', async () => {
  const answer = await send(token, 'tools/list');
  const listed = JSON.parse(answer.text) as { result: { tools: { name: string }[] } };
  expect(listed.result.tools.map((tool) => tool.name)).toEqual(['read_file']);
});

it('refuses what needs a human, for there is none to ask', async () => {
  const answer = await send(token, 'tools/call', { name: 'write_file', arguments: { path: 'b.txt', content: 'x' } });
  expect(answer.text).toContain('nobody to ask');
});

it('refuses an unknown token', async () => {
  const answer = await send('f6e5d4c3b2a1', 'tools/list');
  expect(answer.status).toBe(401);
  expect(answer.text).toContain('unknown client');
});
