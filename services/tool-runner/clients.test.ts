import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signingFetch } from '#test/lib/mcp-clients.ts';
import { newestRequest, rawRequest } from '#test/lib/raw-mcp.ts';
import { startToolRunner, type TestToolRunner } from '#test/lib/tool-runner.ts';

const policy = `
version: 1
roles:
  reader: { allow: [read_file], approve: [write_file] }
members: { everyone: [], terminal: [], api_keys: { litellm: [reader] } }
`;
const token = 'a1b2c3d4e5f6';
/** Tokens as generators make them (RFC 6750 allows all of these characters), and one that looks like a worker's. */
const others = ['sk-live_1-2', 'a.b', 'base64+/with==', 'tilde~x', 'has:colon', '{"odd"}', 'aaaa.bbbb.cccc'];
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let folder: string;
let runner: TestToolRunner;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-clients-'));
  await writeFile(path.join(folder, 'a.txt'), 'hello');
  const clients = path.join(folder, 'clients.json');
  await writeFile(
    clients,
    JSON.stringify({
      litellm: sha256(token),
      ...Object.fromEntries(others.map((each, at) => [`other-${at}`, sha256(each)])),
    }),
  );
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

it.each(others)('knows a client by its token %s', async (each) => {
  const answer = await send(each, 'tools/call', { name: 'read_file', arguments: { path: 'a.txt' } });
  expect(answer.status).toBe(200);
  // The policy gives it nothing, and names it.
  expect(answer.text).toContain(`other-${others.indexOf(each)} is not allowed to use read_file`);
});

it("still takes a worker's token", async () => {
  const call = newestRequest('tools/list');
  const answer = await signingFetch(runner)(runner.url, { method: 'POST', headers: call.headers, body: call.body });
  expect(answer.status).toBe(200);
});

it.each(['sk-unknown', 'a+b/c==', 'aaaa.bbbb.dddd', 'x.y'])('refuses the unknown token %s', async (each) => {
  expect((await send(each, 'tools/list')).status).toBe(401);
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
