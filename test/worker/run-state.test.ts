import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { defineTool, type Domain } from '#mcp/kit.ts';
import { inProcessBackend } from '#shared/runner/backend.ts';
import { createToolbox, type ToolboxConfig } from '#services/worker/tools/create-toolbox.ts';
import type { Toolbox } from '#services/worker/tools/toolbox.ts';
import { parsePolicy } from '#shared/rights/policy.ts';
import { createSigner } from '#shared/rights/tokens.ts';
import type { Caller } from '#shared/run/request.ts';
import { startToolRunner, type TestToolRunner } from '#test/lib/tool-runner.ts';

// A domain that keeps something for each run: it learns whose call it is, gives pictures, and hears of the run's end.

const caller: Caller = { kind: 'discord', id: '42', name: 'Ann', discordRoles: [] };
const policyText = 'version: 1\nroles: { all: { allow: ["*"] } }\nmembers: { everyone: [all] }\n';
const signingKey = 'k'.repeat(40);
const ended: string[] = [];
let folder: string;
let runner: TestToolRunner;
let toolbox: Toolbox;

const recall = defineTool({
  name: 'recall',
  title: 'Recall',
  description: 'Says whose call it is.',
  input: z.object({}),
  output: z.object({ run: z.string() }),
  stateful: true,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  run: async (_, { run = '' }) => ({
    data: { run },
    text: `of ${run}`,
    pictures: [{ mimeType: 'image/jpeg', data: '/9j/AAAA' }],
  }),
});

const domain: Domain = {
  name: 'keeper',
  title: 'Keeper',
  tools: [recall],
  check: () => Promise.resolve(),
  runEnded: (run) => void ended.push(run),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-run-state-'));
  runner = await startToolRunner({
    server: 'keeper',
    signingKey,
    policy: policyText,
    backend: inProcessBackend(domain),
  });
  const servers = path.join(folder, 'servers.json');
  await writeFile(servers, JSON.stringify({ mcpServers: { keeper: { command: 'x', domain: 'keeper' } } }));
  const config: ToolboxConfig = {
    MCP_SERVERS_FILE: servers,
    TOOL_RUNNERS: [`keeper=${runner.url}`],
    TOOLS_REFRESH_MS: 60_000,
    TOOL_TIMEOUT_MS: 30_000,
    TOOL_RESULT_MAX_CHARS: 10_000,
  };
  const parsed = parsePolicy(policyText);
  const policy = { current: () => parsed, [Symbol.asyncDispose]: async () => undefined };
  toolbox = createToolbox({ config, policy, signer: createSigner(signingKey), builtins: [] });
});
afterAll(async () => {
  await toolbox?.[Symbol.asyncDispose]();
  await runner?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test('calls know their run, and its end is told under the same name', async () => {
  const { tools } = await toolbox.offer(caller);
  const tool = tools.find(({ name }) => name === 'recall')!;
  expect(tool).toMatchObject({ stateful: true, readOnly: true, openWorld: true });
  const order = { caller, tool, arguments: {}, signal: new AbortController().signal };
  const { content, pictures } = await toolbox.call({ ...order, runId: 'run-1', idempotencyKey: 'run-1:0:0' });
  expect(content).toContain('of discord:42 run-1');
  expect(pictures).toMatchObject([{ name: 'recall-1.jpg', mimeType: 'image/jpeg', data: '/9j/AAAA' }]);
  const other = await toolbox.call({ ...order, runId: 'run-2', idempotencyKey: 'run-2:0:0' });
  expect(other.content).toContain('of discord:42 run-2');
  toolbox.runEnded?.({ id: 'run-1', caller }, ['keeper', 'gone']);
  await expect.poll(() => ended, { timeout: 30_000 }).toEqual(['discord:42 run-1']);
});

test('who has no token, or one of another run, ends nothing', async () => {
  const before = ended.length;
  const body = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/dragoman/run-ended', params: { run: 'run-1' } });
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  expect((await fetch(runner.url, { method: 'POST', headers, body })).status).toBe(401);
  expect(ended).toHaveLength(before);
  const token = await createSigner(signingKey).sign('keeper', { caller, run: 'run-9', tool: '*' });
  await fetch(runner.url, { method: 'POST', headers: { ...headers, authorization: `Bearer ${token}` }, body });
  expect(ended.slice(before)).toEqual(['discord:42 run-9']);
});
