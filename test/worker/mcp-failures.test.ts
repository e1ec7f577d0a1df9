import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { configureLogging } from '#shared/process/log.ts';
import { parsePolicy, type PolicySource } from '#shared/rights/policy.ts';
import { createSigner } from '#shared/rights/tokens.ts';
import type { Caller } from '#shared/run/request.ts';
import { createToolbox } from '#services/worker/tools/create-toolbox.ts';
import type { Toolbox } from '#services/worker/tools/toolbox.ts';
import { startHostileServer, type HostileServer } from '#test/lib/hostile-mcp.ts';
import { freePort } from '#test/lib/ports.ts';
import { startSessionServer } from '#test/lib/session-server.ts';
import { startToolRunner } from '#test/lib/tool-runner.ts';

// What a model is told when a server fails, word for word, through the worker's toolbox and a real tool-runner.

const signingKey = 'k'.repeat(40);
const caller: Caller = { kind: 'terminal', id: 'me', name: '', discordRoles: [] };
const parsed = parsePolicy(
  'version: 1\nroles: { all: { allow: ["*"] } }\nmembers: { everyone: [], terminal: [all] }\n',
);
const policy: PolicySource = { current: () => parsed, [Symbol.asyncDispose]: async () => undefined };

let stack: AsyncDisposableStack;
let server: HostileServer;
let toolbox: Toolbox;

/** A toolbox with the servers of these addresses behind tool-runners. */
async function toolboxOf(servers: Record<string, string>, env: Record<string, string> = {}): Promise<Toolbox> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-failures-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'servers.json');
  const entries = Object.entries(servers).map(([name, url]) => [name, { type: 'http', url }] as const);
  await writeFile(file, JSON.stringify({ mcpServers: Object.fromEntries(entries) }));
  const runners = await Promise.all(
    entries.map(async ([name, entry]) => {
      const runner = stack.use(await startToolRunner({ server: name, entry, signingKey, env }));
      return `${name}=${runner.url}`;
    }),
  );
  const config = {
    MCP_SERVERS_FILE: file,
    TOOL_RUNNERS: runners,
    TOOLS_REFRESH_MS: 60_000,
    TOOL_TIMEOUT_MS: 60_000,
    TOOL_RESULT_MAX_CHARS: 2_000,
  };
  return stack.use(createToolbox({ config, policy, signer: createSigner(signingKey), builtins: [] }));
}

beforeAll(async () => {
  configureLogging('test', 'silent');
  stack = new AsyncDisposableStack();
  server = stack.use(await startHostileServer());
  toolbox = await toolboxOf({ shop: server.url });
});
beforeEach(() => server.behave(undefined));
afterAll(() => stack.disposeAsync());

let calls = 0;

/** Calls a tool; returns how the call ended, and the words that the model gets, without the random marks around them. */
async function told(name = 'shop__act', from = toolbox, args: Record<string, unknown> = {}): Promise<[string, string]> {
  const tool = (await from.offer(caller)).tools.find((each) => each.name === name);
  if (!tool) throw new Error(`${name} is not offered`);
  calls += 1;
  const signal = new AbortController().signal;
  const order = { runId: 'run', caller, tool, arguments: args, idempotencyKey: `key-${calls}`, signal };
  const { outcome, content } = await from.call(order);
  return [outcome, content.replaceAll(/<\/?data-[^>]*>\n?|\n$/g, '').trim()];
}

test.each<[string, Record<string, unknown>, string, string]>([
  [
    'answers what is not JSON',
    { reply: 'not-json' },
    'error',
    'shop__act was run and its server shop answered, but the answer cannot be read. Tell the user; do not repeat it.',
  ],
  [
    'answers with an error of its own',
    { reply: 'error', error: { code: -32_000, message: 'db: password=x' } },
    'error',
    'shop__act was refused by its server (error -32000). Tell the user.',
  ],
  [
    'does not like the arguments',
    { reply: 'error', error: { code: -32_602, message: 'amount must be positive' } },
    'error',
    'Wrong arguments for shop__act: amount must be positive',
  ],
  [
    'breaks the connection before it answers',
    { do: 'close-before-headers' },
    'interrupted',
    'shop__act was interrupted; its outcome is unknown: it may or may not have happened. Do not repeat it.',
  ],
  [
    'fails with 500',
    { do: 'http-500-html' },
    'interrupted',
    'shop__act was interrupted; its outcome is unknown: it may or may not have happened. Do not repeat it.',
  ],
  [
    'wants other credentials',
    { do: 'http-401-www-authenticate', resourceMetadata: 'http://169.254.169.254/' },
    'error',
    'shop__act was not run, nothing was done: its server shop refused the request (HTTP 401). Tell the user.',
  ],
])('a server %s', async (_, behaviour, outcome, words) => {
  server.behave(behaviour);
  expect(await told()).toEqual([outcome, words]);
});

test('a server is away', async () => {
  const away = await toolboxOf({ away: server.url });
  const tool = await told('away__act', away);
  expect(tool).toEqual(['ok', 'done']);
  const gone = stack.use(await startSessionServer());
  const other = await toolboxOf({ gone: gone.url });
  await told('gone__act', other);
  await gone.stop();
  expect(await told('gone__act', other)).toEqual([
    'error',
    'The server gone cannot be reached now, so nothing was done. Go on without it, or try again later.',
  ]);
});

test('a server takes longer than it may', async () => {
  const slow = stack.use(await startSessionServer());
  const hasty = await toolboxOf({ slow: slow.url }, { TOOL_TIMEOUT_MS: '500' });
  expect(await told('slow__slow', hasty)).toEqual([
    'interrupted',
    'slow__slow was interrupted; its outcome is unknown: it may or may not have happened. Do not repeat it.',
  ]);
});

test('a server accepts no session, not even a new one', async () => {
  const forgetful = stack.use(await startSessionServer({ keepsNone: true }));
  const other = await toolboxOf({ forgetful: forgetful.url });
  expect(await told('forgetful__act', other)).toEqual([
    'error',
    'forgetful__act was not run, nothing was done: its server forgetful accepts no session, not even a new one. Tell the user.',
  ]);
});

test('a server asks back', async () => {
  const newest = stack.use(await startHostileServer({ newest: true }));
  const other = await toolboxOf({ asking: newest.url });
  newest.behave({ resultType: 'input_required' });
  expect(await told('asking__act', other)).toEqual([
    'error',
    'It was not finished: its server asks for more, and nobody can answer a server here. Say all that it needs in the arguments, or do without it.',
  ]);
});

test('the arguments are too large for the tool-runner', async () => {
  expect(await told('shop__act', toolbox, { text: 'x'.repeat(5_000_000) })).toEqual([
    'error',
    'The arguments of shop__act are too large. Send less.',
  ]);
});

test('a tool-runner is away', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-failures-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'servers.json');
  await writeFile(file, JSON.stringify({ mcpServers: { shop: { type: 'http', url: server.url } } }));
  const config = {
    MCP_SERVERS_FILE: file,
    TOOL_RUNNERS: [`shop=http://127.0.0.1:${await freePort()}/mcp`],
    TOOLS_REFRESH_MS: 60_000,
    TOOL_TIMEOUT_MS: 60_000,
    TOOL_RESULT_MAX_CHARS: 2_000,
  };
  const other = stack.use(createToolbox({ config, policy, signer: createSigner(signingKey), builtins: [] }));
  const [tool] = (await toolbox.offer(caller)).tools;
  const signal = new AbortController().signal;
  const order = { runId: 'run', caller, tool: tool!, arguments: {}, idempotencyKey: 'key-away', signal };
  expect(await other.call(order)).toMatchObject({
    outcome: 'error',
    content:
      'The shop tools cannot be reached at the moment; shop__act was not called. Do without it, or tell the user.',
  });
});
