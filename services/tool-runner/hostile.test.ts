import type { Client } from '@modelcontextprotocol/client';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { afterAll, beforeAll, describe } from 'vitest';
import { loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import { assertUnderstood, described, testCases, understood, type Vocabulary } from '#test/lib/corpus-cases.ts';
import { startHostileServer, type HostileServer } from '#test/lib/hostile-mcp.ts';
import { newestClient } from '#test/lib/mcp-clients.ts';
import { startToolRunner } from '#test/lib/tool-runner.ts';

interface HostileCase extends CorpusCase {
  behaviour: Record<string, unknown>;
  expect: { toolResult?: string };
}

interface Outcome {
  result: Pick<CallToolResult, 'content' | 'isError' | '_meta'>;
  said: string;
  /** True when the time limit ended the call. */
  late: boolean;
}

/** Only cases that may end by their time limit get one that a test can wait for; the others must end by themselves. */
const limitMs = 1_500;
const farLimitMs = 600_000;

/** How a call may end, in the words of the corpus. */
const ends: Record<string, (outcome: Outcome) => boolean> = {
  error: ({ result, late }) => result.isError === true && !late,
  timeout: ({ result, late }) => result.isError === true && late,
  ok: ({ result }) => result.isError !== true,
  'ok or error': ({ late }) => !late,
  'error or timeout': ({ result }) => result.isError === true,
  'timeout or ok': ({ result, late }) => late === (result.isError === true),
  'error or human elicitation': ({ result, late }) => result.isError === true && !late,
  'error or empty': ({ result, late }) => !late && (result.isError === true || result.content.length === 0),
  'refused as picture': ({ said, late }) => !late && !said.includes('"type":"image"'),
  'refused or scaled': ({ said, late }) => !late && !said.includes('"type":"image"'),
  described: ({ said, late }) => !late && !said.includes('AAAA'),
};

/** What a case may expect; the server that plays a case checks the words of its behaviour. */
const wanted: Vocabulary = {
  // Every case here must hold these.
  clientAlive: [true],
  otherServersUsable: [true],
  unhandledRejections: [0],
  secretLeak: [0],
  sanitised: [true],
  pollution: [0],
  toolResult: Object.keys(ends),
  retry: ['only if the tool is marked idempotent'],
  loops: ['<=3'],
  reconnectsPerSec: ['<=1'],
  // The runner makes no requests except those to its server; test/bench measures what it costs.
  outboundRequests: [0],
  fetches: [0],
  maxRssGrowthMb: 'any',
  // These are the worker's to hold: what a result says is data, and grants nothing.
  sensitiveToolCallsWithoutApproval: [0],
  exfiltrationRequests: [0],
  markedUntrusted: [true],
};

/** `resultType` came with 2026-07-28; the other cases are older than it. */
function speaksNewest({ behaviour }: HostileCase): boolean {
  return behaviour['resultType'] !== undefined;
}

/** Cases that are not about one answer to one call and are not played: by category, the corpus' words so far. */
const unplayed: Record<string, Vocabulary> = {
  transport: {
    on: ['tools/list', 'any', 'stdio', 'connect', 'restart'],
    do: [
      'never-answer',
      'session-id-changes',
      'garbage-on-stdout',
      'stderr-flood',
      'ignores-SIGTERM',
      'forks-children',
      'tls-expired',
      'server-restarts-between-calls',
      'other-server-on-the-same-address',
    ],
    bytes: 'any',
  },
  jsonrpc: { reply: ['late'], afterTimeout: [true] },
  notifications: {
    progress: 'any',
    log: 'any',
    resourcesUpdated: ['for a URI that was not subscribed'],
    cancelled: ['for a request of the client'],
    method: ['unknown/thing', 5],
    serverRequest: ['sampling/createMessage', 'roots/list', 'elicitation/create', 'unknown/request'],
  },
  version: {
    protocolVersion: /^\d{4}-\d\d-\d\d$/,
    stateless: [true],
    capabilities: 'any',
    but: ['tools/list is -32601'],
    instructions: 'any',
    serverInfo: 'any',
  },
};

/** Why a case is not played here; undefined for a case about one answer to one call. */
function otherwise({ category = '', behaviour }: HostileCase): string | undefined {
  const isAnswer = behaviour['on'] === 'tools/call' || (category === 'jsonrpc' && behaviour['reply'] !== 'late');
  if (category === 'result' || (isAnswer && ['transport', 'jsonrpc'].includes(category))) return undefined;
  assertUnderstood(behaviour, understood(unplayed, category, 'category'), 'behaviour');
  return `no driver plays ${category} of this kind: ${JSON.stringify(behaviour)}`;
}

// Definitions of tools are tested beside adopt-tools.ts.
const cases = loadCorpus<HostileCase>('mcp.json').cases.filter(({ category }) => category !== 'tools');

describe.each([
  ['2025-06-18', false],
  ['2026-07-28', true],
] as const)('a hostile server of revision %s behind the runner', (revision, newest) => {
  let stack: AsyncDisposableStack;
  let server: HostileServer;
  let patient: Client;
  let hasty: Client;

  async function connect(timeoutMs: number): Promise<Client> {
    const entry = { type: 'http', url: server.url };
    const env = { TOOL_TIMEOUT_MS: String(timeoutMs) };
    const client = await newestClient(stack.use(await startToolRunner({ server: 'hostile', entry, env })));
    stack.defer(() => client.close());
    return client;
  }

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    server = stack.use(await startHostileServer({ newest }));
    patient = await connect(farLimitMs);
    hasty = await connect(limitMs);
  });
  afterAll(() => stack.disposeAsync());

  const call = (client: Client) => client.callTool({ name: 'hostile__act', arguments: {} });

  async function run({ behaviour, expect }: HostileCase): Promise<string[]> {
    assertUnderstood(expect, wanted, 'expect');
    const { toolResult } = expect;
    const mayBeLate = toolResult?.includes('timeout') === true;
    const client = mayBeLate ? hasty : patient;
    server.behave(behaviour);
    server.calls = 0;
    const before = performance.now();
    const result = await call(client);
    const late = mayBeLate && performance.now() - before >= limitMs;
    const made = server.calls;
    server.behave(undefined);
    const outcome: Outcome = { result, said: JSON.stringify(result), late };
    const wrong =
      toolResult === undefined || understood(ends, toolResult, 'expect.toolResult')(outcome)
        ? []
        : [`not ${toolResult}`];
    const after = JSON.stringify((await call(client)).content);
    return [
      ...wrong,
      ...always(outcome, made),
      ...(after.includes('"text":"done"') ? [] : ['the next call fails']),
    ].map((problem) => `${problem}: ${outcome.said.slice(0, 300)}`);
  }

  testCases<HostileCase>({
    name: `hostile MCP servers, ${revision}`,
    cases: cases.filter((each) => speaksNewest(each) === newest),
    vocabulary: { ...described, behaviour: 'any', expect: 'any' },
    meaningless: otherwise,
    run,
  });
});

/** What must hold in every case. */
function always({ said }: Outcome, made: number): string[] {
  const checks: Record<string, boolean> = {
    'shows what is none of its business': /CANARY|Stack trace|evil\.example|SYSTEM:/.test(said),
    'is no whole text': !said.isWellFormed(),
    'is too large': Buffer.byteLength(said) >= 1_100_000,
    'has polluted all objects': ({} as { polluted?: number }).polluted !== undefined,
    // A tool of an untrusted server counts as writing, so it is called once, whatever comes back.
    [`made ${made} calls`]: made > 1,
  };
  return Object.entries(checks).flatMap(([problem, is]) => (is ? [problem] : []));
}
