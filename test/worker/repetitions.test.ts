import { createServer, type ServerResponse } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createToolbox } from '#services/worker/tools/create-toolbox.ts';
import type { Toolbox } from '#services/worker/tools/toolbox.ts';
import { decideApproval } from '#shared/run/decide.ts';
import { claimRun } from '#shared/run/claim.ts';
import { listen } from '#shared/process/health.ts';
import { openJournal } from '#test/lib/claims.ts';
import { keys } from '#shared/redis/keys.ts';
import { parsePolicy, type PolicySource } from '#shared/rights/policy.ts';
import type { Caller } from '#shared/run/request.ts';
import { stopRun } from '#shared/run/stop.ts';
import { createSigner } from '#shared/rights/tokens.ts';
import { mark } from '#test/model/turn.ts';
import { startRig, type Rig } from './rig.ts';

// A worker died in a call, and its tool-runner with it. Something keeps the next worker from repeating the call. What
// that worker learns from its try says nothing about the first one: nobody may say "not made" of a write that may have
// happened.

let rig: Rig;
let folder: string;
beforeAll(async () => {
  rig = await startRig();
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-repetitions-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await rig[Symbol.asyncDispose]();
});

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
  rig.model.reset();
});

const terminal: Caller = { kind: 'terminal', id: 'ada', name: 'Ada', discordRoles: [] };
const program: Caller = { kind: 'api', id: 'key', name: '', discordRoles: [] };
const inputSchema = { type: 'object' };
const tools = [
  { name: 'post', inputSchema },
  { name: 'put', inputSchema, annotations: { idempotentHint: true } },
  { name: 'look', inputSchema, annotations: { readOnlyHint: true } },
];

/** A tool-runner after its restart. It answers calls as the test says. */
interface Runner {
  url: string;
  calls: Record<string, unknown>[];
  answer: (response: ServerResponse, id: number) => void;
  stop: () => Promise<void>;
}

async function startRunner(): Promise<Runner> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { id, method, params } = JSON.parse(body) as { id: number; method: string; params: never };
      if (method === 'tools/list') return result(response, id, { tools });
      runner.calls.push(params);
      return runner.answer(response, id);
    });
  });
  await listen(server, 0, '127.0.0.1');
  const runner: Runner = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    calls: [],
    answer: (response, id) => result(response, id, { content: [{ type: 'text', text: 'done' }] }),
    async stop() {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
  open.push(runner.stop);
  return runner;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', ...body }));
}
function result(response: ServerResponse, id: number, value: object): void {
  send(response, 200, { id, result: value });
}

const rules = (allow: string, approve = '') =>
  parsePolicy(
    `version: 1\nroles: { all: { allow: [${allow}], approve: [${approve}] } }\nmembers: { everyone: [], terminal: [all], api_keys: { key: [all] } }`,
  );

interface Scene {
  runner: Runner;
  toolbox: Toolbox;
  setPolicy: (policy: ReturnType<typeof rules>) => void;
}

/** Sets up the next worker's toolbox, which has listed the tools. */
async function scene(): Promise<Scene> {
  const runner = await startRunner();
  const file = path.join(folder, 'servers.json');
  await writeFile(file, JSON.stringify({ mcpServers: { demo: { command: 'x', domain: 'demo' } } }));
  let current = rules('"*"');
  const policy: PolicySource = { current: () => current, [Symbol.asyncDispose]: async () => undefined };
  const toolbox = createToolbox({
    config: {
      MCP_SERVERS_FILE: file,
      TOOL_RUNNERS: [`demo=${runner.url}`],
      TOOLS_REFRESH_MS: 600_000,
      TOOL_TIMEOUT_MS: 20_000,
      TOOL_RESULT_MAX_CHARS: 1_000,
    },
    policy,
    signer: createSigner('k'.repeat(40)),
    builtins: [],
  });
  for (const caller of [terminal, program]) await toolbox.offer(caller);
  return { runner, toolbox, setPolicy: (changed) => void (current = changed) };
}

/** Makes a run whose worker died in a call of this tool, and a worker that goes on with it. */
async function goOn({ toolbox }: Scene, tool: string, caller: Caller): Promise<string> {
  rig.model.script('done', [{ text: 'Gone on.' }]);
  const runId = await rig.accept(mark('done', 'Do it.'), { caller });
  const claim = await claimRun({ redis: rig.redis, queues: rig.queues }, runId, 'dead');
  if (claim.state !== 'claimed') throw new Error(`the run is ${claim.state}`);
  const hints = { post: {}, put: { repeatable: true }, look: { repeatable: true, readOnly: true } }[tool];
  await openJournal(rig.redis, runId, claim.epoch).appendAll([
    {
      type: 'model.answered',
      step: 0,
      model: 'played',
      text: '',
      toolCalls: [{ id: 'c', name: tool, arguments: '{}' }],
      finishReason: 'tool_calls',
      usage: { inputTokens: 0, outputTokens: 0, costUsd: 0, estimated: false },
      durationMs: 1,
    },
    {
      type: 'tool.intended',
      step: 0,
      call: 0,
      tool,
      domain: 'demo',
      arguments: '{}',
      repeatable: false,
      readOnly: false,
      idempotencyKey: `${runId}:0:0`,
      ...hints,
    },
  ]);
  const worker = await rig.worker({ toolbox });
  open.push(async () => worker[Symbol.asyncDispose]());
  return runId;
}

async function auditedOutcomes(runId: string): Promise<string[]> {
  const rows = await rig.redis.xrange(keys.audit, '-', '+');
  return rows.flatMap(([, [, run, , , , kind, , data]]) =>
    run === runId && kind === 'outcome' ? [(JSON.parse(data ?? '{}') as { outcome: string }).outcome] : [],
  );
}

const toldModel = () => rig.model.requests.at(-1)?.request.results.at(-1)?.text ?? '';

const obstacles: Record<string, (scene: Scene) => unknown> = {
  'its tool-runner is away': ({ runner }) => runner.stop(),
  'its tool-runner has been away for long': async ({ runner, toolbox }) => {
    const tool = (await toolbox.offer(terminal)).tools.find(({ name }) => name === 'look')!;
    await runner.stop();
    const signal = AbortSignal.timeout(20_000);
    const order = { runId: 'other', caller: terminal, tool, arguments: {}, idempotencyKey: 'k', signal };
    for (let tries = 0; tries < 6; tries += 1) await toolbox.call(order);
  },
  'its tool-runner does not know the token': ({ runner }) =>
    void (runner.answer = (response, id) => send(response, 401, { id, error: { code: -32_000, message: 'no' } })),
  'its tool-runner forbids it': ({ runner }) =>
    void (runner.answer = (response, id) => send(response, 403, { id, error: { code: -32_000, message: 'no' } })),
  'its tool-runner does not know the tool': ({ runner }) =>
    void (runner.answer = (response, id) => send(response, 200, { id, error: { code: -32_602, message: 'no tool' } })),
  'its tool-runner could not begin it': ({ runner }) =>
    void (runner.answer = (response, id) =>
      result(response, id, { isError: true, content: [], _meta: { 'dragoman/outcome': 'not-run' } })),
  'the policy denies it now': ({ setPolicy }) => setPolicy(rules('"nothing"')),
  'the policy wants a yes for it now': ({ setPolicy }) => setPolicy(rules('"nothing"', '"*"')),
};

describe.each(Object.entries(obstacles))('a call that was under way at a crash, when %s', (_, obstruct) => {
  it('is asked about if it writes, and was not made again', async () => {
    const stage = await scene();
    await obstruct(stage);
    const runId = await goOn(stage, 'post', terminal);
    const asked = await rig.entry(runId, 'approval.requested');
    expect(asked).toMatchObject({ kind: 'unknown-outcome', tool: 'post' });
    await decideApproval({ redis: rig.redis, queues: rig.queues }, runId, asked.approval, {
      decision: 'happened',
      by: 'Ann',
    });
    expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered', text: 'Gone on.' });
    expect(toldModel()).toBe('post was interrupted, but it did happen: Ann has looked. Its output is lost.');
    expect(await auditedOutcomes(runId)).toEqual(['ok']);
  });

  it('is told as unknown where nobody can be asked, in journal and audit log too', async () => {
    const stage = await scene();
    await obstruct(stage);
    const runId = await goOn(stage, 'post', program);
    expect(await rig.entry(runId, 'tool.finished')).toMatchObject({ outcome: 'interrupted' });
    expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered' });
    expect(toldModel()).toMatch(/^post may or may not have happened: .* Do not repeat it; tell the person\.$/);
    expect(await auditedOutcomes(runId)).toEqual(['interrupted']);
  });

  it('is told as unknown if it writes and may be made again', async () => {
    const stage = await scene();
    await obstruct(stage);
    const runId = await goOn(stage, 'put', terminal);
    expect(await rig.entry(runId, 'tool.finished')).toMatchObject({ outcome: 'interrupted' });
    await rig.ended(runId);
    expect(toldModel()).toMatch(/^put may or may not have happened: .* It may be called again\.$/);
    expect(await auditedOutcomes(runId)).toEqual(['interrupted']);
  });

  it('is simply not to be had if it reads', async () => {
    const stage = await scene();
    await obstruct(stage);
    const runId = await goOn(stage, 'look', terminal);
    expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered', text: 'Gone on.' });
    expect(toldModel()).not.toContain('was not called');
  });
});

it('a write that its runner remembers is sent again as a repetition, and its result counts', async () => {
  const stage = await scene();
  const runId = await goOn(stage, 'post', terminal);
  expect(await rig.entry(runId, 'tool.finished')).toMatchObject({ outcome: 'ok' });
  const meta = { 'dragoman/idempotencyKey': `${runId}:0:0`, 'dragoman/repeated': true };
  expect(stage.runner.calls).toMatchObject([{ name: 'post', _meta: meta }]);
});

it.each(['post', 'put'])(
  'a %s that was under way at a crash is not told as "not done" to who stops it',
  async (tool) => {
    const stage = await scene();
    stage.runner.answer = () => undefined;
    const runId = await goOn(stage, tool, terminal);
    await expect.poll(() => stage.runner.calls.length).toBe(1);
    await stopRun({ redis: rig.redis, queues: rig.queues }, runId, 'Ann');
    const { text: said } = await rig.ended(runId);
    expect(said).toBe(`Stopped by Ann. May or may not have happened: ${tool}.`);
  },
);
