import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { monthOf } from '#shared/run/usage.ts';
import { loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import { described, NotUnderstood, testCases, understood, type Vocabulary } from '#test/lib/corpus-cases.ts';
import type { TurnHandler } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { bomb, exchange, open, readAnswer, requestBytes, type HeaderValue, type RawAnswer } from './raw-http.ts';
import { startApiRig, type ApiRig } from './rig.ts';

interface HttpCase extends CorpusCase {
  request: {
    method?: string;
    path?: string;
    headers?: Record<string, HeaderValue>;
    body?: Record<string, unknown>;
    rawBody?: string;
    rawBodyEncoding?: BufferEncoding;
    raw?: string;
    gzipOf?: string;
    upstream?: string;
    idempotencyKey?: string;
    clientAbortsAfterMs?: number;
    clientStopsReading?: true;
    contentLength?: number;
    connections?: number;
    pipelined?: number;
    keepAliveRequests?: number;
    burst?: number;
    [special: string]: unknown;
  };
  expect: {
    status?: number | string;
    type?: string;
    code?: string | null;
    param?: string;
    json?: true;
    noStack?: true;
    noXPoweredBy?: true;
    usageChunk?: true;
    runs?: number;
    serverAlive?: true;
    upstreamAborted?: true;
    headers?: string[];
  };
  accept?: (number | string)[];
}

const vocabulary: Vocabulary = {
  ...described,
  request: {
    method: 'any',
    path: 'any',
    headers: 'any',
    body: 'any',
    rawBody: 'any',
    rawBodyEncoding: ['latin1'],
    raw: 'any',
    rawEncoding: ['latin1'],
    gzipOf: ['100 MB of spaces'],
    upstream: ['500 three times', 'endless tool calls', 'tool name that does not exist'],
    idempotencyKey: ['same key twice, same body', 'same key, other body'],
    clientAbortsAfterMs: 'any',
    clientStopsReading: [true],
    slowHeaders: ['1 byte per second'],
    slowBody: ['1 byte per second, Content-Length 10000'],
    noRequest: ['connect and wait'],
    connections: 'any',
    idle: [true],
    contentLength: 'any',
    sends: 'any',
    thenCloses: [true],
    pipelined: 'any',
    keepAliveRequests: 'any',
    internalErrorInjected: [true],
    redisDown: [true],
    other: ['run id of another key: GET /v1/runs/ID'],
    burst: 'any',
    seconds: 'any',
    budgetSpent: [true],
  },
  expect: {
    status: 'any',
    type: 'any',
    code: 'any',
    param: 'any',
    json: [true],
    noStack: [true],
    noXPoweredBy: [true],
    usageChunk: [true],
    runs: 'any',
    serverAlive: [true],
    upstreamAborted: [true],
    headers: 'any',
  },
  accept: 'any',
  check: 'any',
  layer: ['http'],
  checks: 'any',
  // What express alone answers; it decides nothing here.
  baselineExpress5: 'any',
};

const policy = `
version: 1
roles:
  user: { allow: ["*"], models: [gpt-agent] }
  admin: { allow: ["*"], operate: true }
  few: { allow: ["*"], requests_per_minute: 20 }
members: { everyone: [], terminal: [admin] }
`;

describe('openai-api corpus', () => {
  let api: ApiRig;
  let worker: AsyncDisposable;
  const named: Record<string, string> = {};

  beforeAll(async () => {
    api = await startApiRig({ policy, api: { API_REQUEST_TIMEOUT_MS: 1_500, API_REQUESTS_PER_MINUTE: 100_000 } });
    const toolbox = createPlayedToolbox({ postgres_query: { run: () => '1' } });
    worker = await api.rig.worker({ toolbox }, { MODEL_RETRY_BUDGET_MS: 0, MAX_ITERATIONS: 3 });
    named['KEY_USER'] = await api.key({ roles: ['user'] });
    named['KEY_USER_TRUNCATED'] = named['KEY_USER'].slice(0, -1);
    named['KEY_USER_B64'] = Buffer.from(`user:${named['KEY_USER']}`).toString('base64');
    named['KEY_ADMIN'] = await api.key({ roles: ['admin'] });
    named['KEY_READONLY'] = await api.key({ roles: [] });
    named['KEY_EXPIRED'] = await api.key({ roles: ['user'], expiresInMs: -1 });
    named['KEY_REVOKED'] = await api.key({ roles: ['user'] });
    // The worker shows its tools within its first round.
    while ((await api.rig.redis.exists(keys.catalogue)) === 0) await sleep(50);
  });
  afterAll(async () => {
    await worker[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
  });
  afterEach(() => api.rig.model.reset());

  testCases<HttpCase>({
    name: 'openai-api corpus',
    cases: loadCorpus<HttpCase>('openai-api.json').cases,
    vocabulary,
    run: async (entry) => play(entry),
  });

  async function play(entry: HttpCase): Promise<string[]> {
    const { request, expect } = entry;
    api.rig.model.handle(upstreams[request.upstream ?? ''] ?? plainAnswer);
    if (request.upstream === '500 three times') api.rig.model.fail(3, 500);
    if (request.idempotencyKey !== undefined) return sendTwice(entry, request.idempotencyKey.endsWith('same body'));
    if (request.clientAbortsAfterMs !== undefined) return leave(entry, request.clientAbortsAfterMs);
    const answer = await answerTo(entry);
    return [...judge(entry, answer), ...(expect.serverAlive || expect.status === 'alive' ? await alive() : [])];
  }

  function answerTo(entry: HttpCase): Promise<RawAnswer> {
    const { request } = entry;
    if (request.raw !== undefined) return exchange(api.url, Buffer.from(withKeys(request.raw), 'latin1'));
    if (request.clientStopsReading) return stopReading(entry);
    if (request.method !== undefined) return exchange(api.url, bytesOf(request));
    const special = Object.keys(request).find((name) => Object.hasOwn(specials, name));
    if (special === undefined) throw new NotUnderstood(`a request of ${Object.keys(request).join(', ')}`);
    return understood(specials, special, 'request')(request);
  }

  function withKeys(text: string): string {
    return text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
      const key = named[name];
      if (key === undefined) throw new NotUnderstood(`the key ${name}`);
      return key;
    });
  }

  function bytesOf({
    method = 'GET',
    path = '/',
    headers = {},
    body,
    rawBody,
    rawBodyEncoding,
    gzipOf,
  }: HttpCase['request']) {
    const withNames = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value === null ? null : [value].flat().map(withKeys)]),
    );
    const raw = rawBody === undefined ? undefined : Buffer.from(rawBody, rawBodyEncoding ?? 'utf8');
    const json = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const bytes = gzipOf === undefined ? (raw ?? json) : bomb();
    return requestBytes(new URL(api.url), { method, path, headers: withNames, body: bytes });
  }

  async function sendTwice(entry: HttpCase, same: boolean): Promise<string[]> {
    const headers = { ...entry.request.headers, 'idempotency-key': entry.id };
    const before = await api.rig.redis.zcard(keys.recent);
    const first = await exchange(api.url, bytesOf({ ...entry.request, headers }));
    const body = same ? entry.request.body : { ...entry.request.body, temperature: 0.5 };
    const second = await exchange(api.url, bytesOf({ ...entry.request, headers, body: body ?? {} }));
    if (!same) return judge(entry, second);
    const runs = (await api.rig.redis.zcard(keys.recent)) - before;
    const problems = runs === entry.expect.runs ? [] : [`${runs} runs`];
    return first.status === 200 && first.body === second.body ? problems : [...problems, 'two answers'];
  }

  async function leave(entry: HttpCase, afterMs: number): Promise<string[]> {
    api.rig.model.handle(() => ({ text: 'word '.repeat(500), chunkDelayMs: 20 }));
    const socket = await open(api.url);
    socket.write(bytesOf(entry.request));
    await api.rig.model.received(1);
    await sleep(afterMs);
    socket.destroy();
    const { aborted } = await api.rig.model.ended(0);
    return [...(aborted === (entry.expect.upstreamAborted ?? false) ? [] : ['the model went on']), ...(await alive())];
  }

  async function stopReading(entry: HttpCase): Promise<RawAnswer> {
    api.rig.model.handle(() => ({ text: 'word '.repeat(200_000), chunkSize: 4_000 }));
    const socket = await open(api.url);
    socket.pause();
    socket.write(bytesOf(entry.request));
    await api.rig.model.ended(0);
    socket.destroy();
    return { status: 200, headers: {}, body: '' };
  }

  async function alive(): Promise<string[]> {
    const { status } = await api.send('/healthz');
    return status === 200 ? [] : [`/healthz answers ${status}`];
  }

  const closed: RawAnswer = { status: 'close', headers: {}, body: '' };
  const specials: Record<string, (request: HttpCase['request']) => Promise<RawAnswer>> = {
    slowHeaders: () => drip('POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Slow: '),
    slowBody: () =>
      drip(
        `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer ${named['KEY_USER']}\r\nContent-Length: 10000\r\n\r\n`,
      ),
    noRequest: async () => readAnswer(await open(api.url)),
    connections: async ({ connections = 0 }) => {
      const sockets = await Promise.all(Array.from({ length: connections }, () => open(api.url)));
      const { status } = await api.send('/healthz').catch(() => ({ status: 'close' as const }));
      for (const socket of sockets) socket.destroy();
      return { ...closed, status };
    },
    contentLength: async ({ contentLength = 0, sends }) => {
      const socket = await open(api.url);
      socket.write(
        `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer ${named['KEY_USER']}\r\nContent-Length: ${contentLength}\r\n\r\n${'x'.repeat(Number(sends))}`,
      );
      socket.destroySoon();
      await once(socket, 'close');
      return closed;
    },
    pipelined: async ({ pipelined = 0 }) => {
      const one = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
      const last = one.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
      return exchange(api.url, Buffer.from(one.repeat(pipelined - 1) + last));
    },
    keepAliveRequests: async ({ keepAliveRequests = 0 }) => {
      // A twentieth of the count: each request is like the one before.
      const one = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
      const last = one.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
      return exchange(api.url, Buffer.from(one.repeat(keepAliveRequests / 20) + last));
    },
    internalErrorInjected: async () => {
      await using own = await startApiRig({ policy });
      await own.rig.redis.set(keys.catalogue, 'not JSON');
      return await exchange(own.url, requestBytes(new URL(own.url), askRequest(await own.key({ roles: ['user'] }))));
    },
    redisDown: async () => {
      await using own = await startApiRig({ policy });
      const key = await own.key({ roles: ['user'] });
      await own.rig.server.kill();
      await sleep(100);
      return await exchange(own.url, requestBytes(new URL(own.url), askRequest(key)));
    },
    other: async () => {
      const made = await ask('KEY_ADMIN');
      const run = made.headers['x-dragoman-run'] ?? '';
      const headers = { authorization: `Bearer ${named['KEY_USER']}` };
      return exchange(api.url, requestBytes(new URL(api.url), { method: 'GET', path: `/v1/runs/${run}`, headers }));
    },
    burst: async ({ burst = 0 }) => {
      const key = await api.key({ roles: ['few'] });
      const answers = await Promise.all(
        Array.from({ length: burst }, () => exchange(api.url, requestBytes(new URL(api.url), askRequest(key)))),
      );
      const statuses = [...new Set(answers.map(({ status }) => status))].toSorted();
      const refused = answers.find(({ status }) => status === 429) ?? closed;
      return { ...refused, status: statuses.join(' then ') as unknown as number };
    },
    budgetSpent: async () => {
      const key = await api.key({ roles: ['user'], name: 'spender', budgetUsd: 0.5 });
      await api.rig.redis.hset(keys.usage(monthOf(Date.now())), 'api:spender usd', 0.6);
      return exchange(api.url, requestBytes(new URL(api.url), askRequest(key)));
    },
  };

  function ask(name: string): Promise<RawAnswer> {
    return exchange(api.url, requestBytes(new URL(api.url), askRequest(named[name] ?? '')));
  }

  async function drip(head: string): Promise<RawAnswer> {
    const socket = await open(api.url);
    const answer = readAnswer(socket);
    socket.write(head);
    const timer = setInterval(() => socket.write('x'), 1_000);
    try {
      return await answer;
    } finally {
      clearInterval(timer);
    }
  }
});

function askRequest(key: string) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const body = Buffer.from(JSON.stringify({ model: 'gpt-agent', messages: [{ role: 'user', content: 'hi' }] }));
  return { method: 'POST', path: '/v1/chat/completions', headers, body };
}

const plainAnswer: TurnHandler = () => ({ text: 'Hello.' });
const upstreams: Record<string, TurnHandler> = {
  'endless tool calls': ({ body }) =>
    body.tool_choice === 'none'
      ? { text: 'Enough.' }
      : { toolCalls: [{ name: 'postgres_query', arguments: { n: Math.random() } }] },
  'tool name that does not exist': ({ step }) =>
    step === 0 ? { toolCalls: [{ name: 'nope', arguments: {} }] } : { text: 'Then not.' },
};

/** What is wrong with an answer. */
function judge({ request, expect, accept = [] }: HttpCase, answer: RawAnswer): string[] {
  const problems: string[] = [];
  if (expect.status !== undefined && expect.status !== 'alive') {
    if (answer.status !== expect.status) {
      if (!accept.includes(answer.status)) return [`status ${answer.status}: ${answer.body.slice(0, 300)}`];
      // Another outcome that is fine has words of its own.
      return leaks(answer);
    }
  }
  const error = errorOf(answer);
  if (expect.type !== undefined && error?.type !== expect.type) problems.push(`type ${error?.type}`);
  if (expect.code !== undefined && error?.code !== expect.code) problems.push(`code ${error?.code}`);
  if (expect.param !== undefined && !String(error?.param).startsWith(expect.param))
    problems.push(`param ${error?.param}`);
  if (expect.json && !error) problems.push('no JSON error');
  for (const name of expect.headers ?? []) if (answer.headers[name] === undefined) problems.push(`no header ${name}`);
  if (expect.usageChunk && !/"choices":\[\],"usage":\{/.test(answer.body)) problems.push('no usage chunk');
  const streams = request.body?.['stream'] === true && answer.status === 200 && !request.clientStopsReading;
  if (streams && !answer.body.endsWith('data: [DONE]\n\n')) problems.push('no [DONE]');
  return [...problems, ...leaks(answer)];
}

interface WireError {
  type?: string;
  code?: string | null;
  param?: string | null;
}

function errorOf({ body }: RawAnswer): WireError | undefined {
  try {
    return (JSON.parse(body) as { error?: WireError }).error;
  } catch {
    return undefined;
  }
}

/** No answer tells what is inside. */
function leaks({ body, headers }: RawAnswer): string[] {
  const stack = /\bat .+\.(?:ts|js|mjs):\d+|node_modules|<pre>/.exec(body);
  return [...(stack ? [`leaks ${stack[0]}`] : []), ...(headers['x-powered-by'] ? ['x-powered-by'] : [])];
}
