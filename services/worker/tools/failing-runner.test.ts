import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { listen } from '#shared/process/health.ts';
import { configureLogging } from '#shared/process/log.ts';
import { registry } from '#shared/process/metrics.ts';
import { parsePolicy, type PolicySource } from '#shared/rights/policy.ts';
import type { Caller } from '#shared/run/request.ts';
import { OFFERING_META } from '#shared/ground/tool-meta.ts';
import { createSigner } from '#shared/rights/tokens.ts';
import { createToolbox } from './create-toolbox.ts';
import type { Toolbox, ToolCallOutcome } from './toolbox.ts';

/** A tool-runner that answers calls as the test says. */
interface Runner {
  url: string;
  calls: number;
  lists: number;
  tools: object[];
  /** Of its list of tools. */
  meta: object;
  answer: (response: ServerResponse, id: number) => void;
  server: Server;
}

const hints = { readOnlyHint: true };
const inputSchema = { type: 'object' };
const caller: Caller = { kind: 'terminal', id: 'me', name: '', discordRoles: [] };
let rules = policyWith('*');
const policy: PolicySource = { current: () => rules, [Symbol.asyncDispose]: async () => undefined };

function policyWith(allow: string, offer = 'none') {
  return parsePolicy(
    `version: 1\nroles: { all: { allow: ["${allow}"], offer: ["${offer}"] } }\nmembers: { everyone: [], terminal: [all], api_keys: {} }`,
  );
}

const open: AsyncDisposable[] = [];
let folder: string;
beforeAll(() => configureLogging('test', 'silent'));
beforeEach(async () => {
  rules = policyWith('*');
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-runners-'));
});
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function startRunner(tools: object[]): Promise<Runner> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { id, method } = JSON.parse(body) as { id: number; method: string };
      if (method === 'tools/call') {
        runner.calls += 1;
        return runner.answer(response, id);
      }
      runner.lists += 1;
      reply(response, id, { tools: runner.tools, _meta: runner.meta });
    });
  });
  await listen(server, 0, '127.0.0.1');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  const runner: Runner = { url, calls: 0, lists: 0, tools, meta: {}, answer: (response) => response.destroy(), server };
  open.push({ [Symbol.asyncDispose]: async () => stop(runner) });
  return runner;
}

async function stop({ server }: Runner): Promise<void> {
  server.closeAllConnections();
  if (server.listening) await new Promise((resolve) => server.close(resolve));
}

function reply(response: ServerResponse, id: number, result: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
}

async function make(runners: Record<string, Runner>, refreshMs = 60_000, foreign = ''): Promise<Toolbox> {
  const file = path.join(folder, 'servers.json');
  const entries = Object.keys(runners).map((name) => [
    name,
    { command: 'x', ...(name !== foreign && { domain: name }) },
  ]);
  await writeFile(file, JSON.stringify({ mcpServers: Object.fromEntries(entries) as object }));
  const toolbox = createToolbox({
    config: {
      MCP_SERVERS_FILE: file,
      TOOL_RUNNERS: Object.entries(runners).map(([name, { url }]) => `${name}=${url}`),
      TOOLS_REFRESH_MS: refreshMs,
      TOOL_TIMEOUT_MS: 20_000,
      TOOL_RESULT_MAX_CHARS: 1_000,
    },
    policy,
    signer: createSigner('k'.repeat(40)),
    builtins: [],
  });
  open.unshift(toolbox);
  return toolbox;
}

async function call(toolbox: Toolbox, name: string): Promise<ToolCallOutcome> {
  const tool = (await toolbox.offer(caller)).tools.find((each) => each.name === name);
  if (!tool) throw new Error(`${name} is not offered`);
  const signal = new AbortController().signal;
  return toolbox.call({ runId: 'r', caller, tool, arguments: {}, idempotencyKey: 'k', signal });
}

const readAndWrite = [
  { name: 'read', inputSchema, annotations: hints },
  { name: 'write', inputSchema },
];

test('a connection that breaks in mid-call: a read is made again, a write is left to a human', async () => {
  const runner = await startRunner(readAndWrite);
  const toolbox = await make({ demo: runner });
  expect((await call(toolbox, 'write')).outcome).toBe('interrupted');
  expect(runner.calls).toBe(1);
  runner.answer = (response, id) => {
    if (runner.calls === 2) response.destroy();
    else reply(response, id, { content: [{ type: 'text', text: 'read' }] });
  };
  expect((await call(toolbox, 'read')).outcome).toBe('ok');
  expect(runner.calls).toBe(3);
});

test("what the runner says of an unknown outcome is passed on; a result's kinds of content are told", async () => {
  const runner = await startRunner(readAndWrite);
  const toolbox = await make({ demo: runner });
  runner.answer = (response, id) =>
    reply(response, id, { isError: true, content: [], _meta: { 'dragoman/outcome': 'unknown' } });
  expect((await call(toolbox, 'write')).outcome).toBe('interrupted');
  const image = { type: 'image', mimeType: 'image/png', data: 'AAAA' };
  const link = { type: 'resource_link', name: 'passwd', uri: 'file:///etc/passwd' };
  runner.answer = (response, id) =>
    reply(response, id, { content: [image, link, null, { type: 'text', text: 'half \uD800' }] });
  expect((await call(toolbox, 'read')).content).toContain(
    '[a picture, image/png, 3 bytes: it cannot be shown here]\n[a resource: passwd, file:///etc/passwd]\nhalf \uFFFD',
  );
  runner.answer = (response, id) => reply(response, id, { structuredContent: { rows: 3 } });
  expect((await call(toolbox, 'read')).content).toContain('{"rows":3}');
  runner.answer = (response, id) => reply(response, id, { resultType: 'input_required', inputRequests: {} });
  expect(await call(toolbox, 'read')).toMatchObject({
    outcome: 'error',
    content: expect.stringContaining('asks back'),
  });
});

test('a runner that dies is named in the next offers, and its breaker opens', async () => {
  const runner = await startRunner(readAndWrite);
  const toolbox = await make({ demo: runner }, 100);
  await toolbox.offer(caller);
  await stop(runner);
  const read = { ...readAndWrite[0], domain: 'demo', title: '', description: '', readOnly: true, repeatable: true };
  const tool = { ...read, name: 'read', inputSchema, openWorld: true, remembered: true, permission: 'allow' as const };
  const order = { runId: 'r', caller, tool, arguments: {}, idempotencyKey: 'k', signal: AbortSignal.timeout(20_000) };
  for (let index = 0; index < 6; index += 1) {
    expect(await toolbox.call(order)).toMatchObject({
      outcome: 'error',
      content: expect.stringContaining('was not called'),
    });
  }
  expect(await registry.metrics()).toContain('dragoman_breaker_state{target="tool-runner:demo"} 2');
  await expect.poll(async () => (await toolbox.offer(caller)).unreachable).toEqual(['demo']);
  expect((await toolbox.offer(caller)).tools).toEqual([]);
});

test('a server of others is named to the model as away only when it was there before; a domain of ours always', async () => {
  const [ours, others] = [await startRunner(readAndWrite), await startRunner(readAndWrite)];
  await stop(ours);
  await stop(others);
  const never = await make({ ours, others }, 100, 'others');
  expect((await never.offer(caller)).unreachable).toEqual(['ours']);
  const back = await startRunner(readAndWrite);
  const toolbox = await make({ others: back }, 100, 'others');
  expect((await toolbox.offer(caller)).tools.map(({ name }) => name)).toEqual(['others__read', 'others__write']);
  await stop(back);
  await expect.poll(async () => (await toolbox.offer(caller)).unreachable).toEqual(['others']);
});

test('of two tools with one name the first server keeps it', async () => {
  const first = await startRunner([{ name: 'read', title: 'first', inputSchema, annotations: hints }]);
  const second = await startRunner([{ name: 'read', title: 'second', inputSchema, annotations: hints }]);
  const { tools } = await (await make({ one: first, two: second })).offer(caller);
  expect(tools.map((tool) => tool.title)).toEqual(['first']);
});

test('all tools of all servers may be used, and a server of others cannot put itself in front', async () => {
  const many = await startRunner(Array.from({ length: 200 }, (_, n) => ({ name: `t${n}`, inputSchema })));
  const ours = await startRunner(readAndWrite);
  many.meta = { [OFFERING_META]: { core: ['t0'], keywords: 'everything' } };
  ours.meta = { [OFFERING_META]: { core: ['read'], keywords: 'files' } };
  rules = policyWith('*', 'aaa__t7');
  const { tools } = await (await make({ aaa: many, ours }, 60_000, 'aaa')).offer(caller);
  expect(tools).toHaveLength(202);
  expect(tools.filter(({ core }) => core).map(({ name }) => name)).toEqual(['aaa__t7', 'read']);
  expect(tools.filter(({ keywords }) => keywords).map(({ name }) => name)).toEqual(['read', 'write']);
});

test('lists are kept, read again in the background when they are old, and anew under another policy', async () => {
  const runner = await startRunner(readAndWrite);
  const namesOf = async (toolbox: Toolbox) => (await toolbox.offer(caller)).tools.map((tool) => tool.name);
  const keeping = await make({ demo: runner });
  await namesOf(keeping);
  await namesOf(keeping);
  expect(runner.lists).toBe(1);
  const toolbox = await make({ demo: runner }, 200);
  const names = () => namesOf(toolbox);
  expect(await names()).toEqual(['read', 'write']);
  runner.tools = [readAndWrite[0]!];
  await expect.poll(names).toEqual(['read']);
  const before = runner.lists;
  rules = policyWith('wri*');
  runner.tools = readAndWrite;
  expect(await names()).toEqual(['write']);
  expect(runner.lists).toBeGreaterThan(before);
});
