import { afterAll, beforeAll, describe } from 'vitest';
import { illnesses, startIllServer, type Illness, type IllServer } from '#mcp/http/testing/ill-server.ts';
import { loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import { described, testCases, understood, type Vocabulary } from '#test/lib/corpus-cases.ts';
import { n8nTools, type Answer, type N8nTools } from './testing/suite.ts';
import { workflows } from './testing/workflows.ts';

interface N8nCase extends CorpusCase {
  tool: string;
  arguments: Record<string, unknown>;
  server: string;
  /** When the server does it: at the webhook, or when it is looked how the run ended. Else always. */
  stage?: 'hook' | 'look';
  /** What the last node puts out. */
  output?: unknown;
  /** How the execution ended. */
  execution?: Record<string, unknown>;
  /** Parameters of the workflow's webhook, and of its other node. */
  webhook?: Record<string, unknown>;
  node?: Record<string, unknown>;
  expect: 'answer' | 'error';
  says: string;
}

const vocabulary: Vocabulary = {
  ...described,
  tool: ['n8n_list_workflows', 'n8n_get_workflow', 'n8n_execute_workflow'],
  arguments: 'any',
  server: Object.keys(illnesses),
  stage: ['hook', 'look'],
  output: 'any',
  execution: 'any',
  webhook: 'any',
  node: 'any',
  expect: ['answer', 'error'],
  says: 'any',
};

/** All that may ever be asked for. */
const paths = /^\/base\/(?:api\/v1\/(?:workflows(?:\/[\w-]+)?|executions(?:\/\d+(?:\/stop)?)?)|webhook\/double)$/;
const KEY = 'CANARY-n8n-key-0123456789';

describe('n8n corpus', () => {
  let server: IllServer;
  let usual: N8nTools;
  let hasty: N8nTools;
  /** The key as each path got it. */
  let keys: [path: string, key: unknown][] = [];

  beforeAll(async () => {
    server = await startIllServer('reader:CANARY-pass%25word');
    const settings = { N8N_URL: server.url, N8N_API_KEY: KEY };
    usual = n8nTools(settings);
    // Cases that never answer need a deadline that a test can wait for.
    hasty = n8nTools({ ...settings, N8N_TIMEOUT_MS: 500, N8N_WAIT_MS: 800 });
  });
  afterAll(async () => {
    for (const each of [usual, hasty, server]) await each?.[Symbol.asyncDispose]();
  });

  testCases<N8nCase>({
    name: 'n8n',
    cases: loadCorpus<N8nCase>('n8n.json').cases,
    vocabulary,
    async run(entry) {
      const illness = understood(illnesses, entry.server, 'server');
      const sound = soundApi(entry);
      server.asked.length = 0;
      keys = [];
      server.set((request, response) => {
        const path = new URL(request.url ?? '/', 'http://n8n').pathname;
        keys.push([path, request.headers['x-n8n-api-key']]);
        if (entry.stage === 'hook') sound(illness)(request, response);
        else if (entry.stage === 'look' || madeUp.some((field) => entry[field] !== undefined))
          sound(startedAtOnce, entry.stage && illness)(request, response);
        else illness(request, response);
      });
      const isEndless = entry.server === 'never anything' || entry.server === 'headers and then nothing';
      const answer = await (isEndless ? hasty : usual).call(entry.tool, entry.arguments);
      return [...verdictProblems(entry, answer), ...conductProblems(answer, server, keys)];
    },
  });
});

const madeUp = ['output', 'execution', 'webhook', 'node'] as const;

const startedAtOnce: Illness = (_, response) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"message":"Workflow was started"}');

/** The webhook answers at once where a case says what the run itself does. */
function nodesOf(nodes: object[], { stage, webhook, node, ...rest }: N8nCase): object[] {
  const atOnce = stage === 'hook' || rest.server === 'one value' ? {} : { responseMode: 'onReceived' };
  const [first, second] = nodes as { parameters: object }[];
  return [
    { ...first, parameters: { ...first!.parameters, ...atOnce, ...webhook } },
    { ...second, parameters: node ?? second!.parameters },
  ];
}

/** An API that has one workflow and knows its execution as soon as its webhook was asked; the webhook does what a case says. */
function soundApi(entry: N8nCase): (webhook: Illness, look?: Illness) => Illness {
  let pulled = false;
  const { nodes, connections } = workflows['double']!;
  const workflow = { id: 'Id1', name: 'Double', active: true, nodes: nodesOf(nodes, entry), connections };
  const execution = { id: '7', status: 'success', mode: 'webhook', ...entry.execution };
  const runData = { Answer: [{ data: { main: [[{ json: entry.output ?? { doubled: 4 } }]] } }] };
  return (webhook, look) => (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://n8n');
    const send = (value: object) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (pathname.startsWith('/base/webhook/')) {
      pulled = true;
      request.resume();
      return webhook(request, response);
    }
    if (pathname.endsWith('/Id1')) return send(workflow);
    if (pulled && look) return look(request, response);
    if (pathname.endsWith('/7'))
      return send({ ...execution, data: { resultData: { lastNodeExecuted: 'Answer', runData } } });
    return send({ data: pulled && searchParams.get('status') === null ? [execution] : [], nextCursor: null });
  };
}

function verdictProblems({ expect, says }: N8nCase, { failed, text }: Answer): string[] {
  const verdict = failed ? 'error' : 'answer';
  return [
    ...(verdict === expect ? [] : [`${verdict}, not ${expect}: ${text.slice(0, 300)}`]),
    ...(new RegExp(says).test(text) ? [] : [`says something else: ${text.slice(0, 300)}`]),
  ];
}

/** What must hold in every case, whatever its verdict is. */
function conductProblems(answer: Answer, { asked, url }: IllServer, keys: [path: string, key: unknown][]): string[] {
  const shown = JSON.stringify(answer);
  const isRefused = answer.text.startsWith('Wrong arguments');
  const strayed = keys.filter(([path, key]) => (key === KEY) !== path.startsWith('/base/api/'));
  const problems: [boolean, string][] = [
    [asked.some(({ path }) => !paths.test(path)), `asked for ${JSON.stringify(asked)}`],
    [strayed.length > 0, `the key went elsewhere, or was missing: ${JSON.stringify(strayed)}`],
    [/CANARY|cmVhZGVyO/.test(shown), 'shows the key, the login or another secret'],
    [/(?![\n\t])[\p{Cc}\u202e]/u.test(answer.text), 'passes on signs that nobody sees'],
    [shown.includes(new URL(url).host), 'shows the address'],
    [answer.text.length > 60_000, 'says too much'],
    [!isRefused && /failed inside|\[object/.test(answer.text), `was not foreseen: ${answer.text.slice(0, 200)}`],
    [answer.failed && !isRefused && !/[.)\]]$/.test(answer.text), `is no sentence: ${answer.text.slice(-80)}`],
  ];
  return problems.flatMap(([holds, problem]) => (holds ? [problem] : []));
}
