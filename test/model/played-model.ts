import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendTurn } from './answer.ts';
import {
  parseRequest,
  type ChatBody,
  type ParsedRequest,
  type PlayedError,
  type Turn,
  type TurnHandler,
} from './turn.ts';
import { errorBody } from './wire.ts';

/** One completion request as it came in, and how it ended. Times are `performance.now()` milliseconds. */
export interface RecordedRequest {
  at: number;
  body: ChatBody;
  headers: IncomingHttpHeaders;
  request: ParsedRequest;
  turn?: Turn;
  /** True when the caller closed the connection before the answer was complete. */
  aborted: boolean;
  endedAt?: number;
}

export interface PlayedModelOptions {
  port?: number;
  host?: string;
  /** How many requests `requests` keeps; the oldest go first. 0 for benchmarks. */
  keep?: number;
  /** The names that `/v1/models` lists. */
  models?: string[];
  /** Tokens that each of them takes, as the gateway tells; 128,000 when absent. */
  window?: number;
  /** Whether `/model/info` says that it sees pictures; absent: it does not say. */
  sees?: boolean;
  /** Called for every request before it is answered, e.g. to write a witness line. */
  onRequest?: (request: ParsedRequest, turn: Turn) => void;
  /** Serves other paths of this server. Returns true when it has answered. */
  extra?: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;
}

/** A model that does what the test says, behind the protocol of a real one. */
export interface PlayedModel extends AsyncDisposable {
  /** Base address with `/v1`, for `LITELLM_API_BASE`. */
  url: string;
  port: number;
  requests: RecordedRequest[];
  /** Answers what no script, queue or failure takes. `call` counts this handler's calls from 0. */
  handle(handler: TurnHandler): void;
  /**
   * Answers conversations marked `[script:name]` (see `mark`). The step of the run selects from a list, so a repeated
   * call gets the same turn again. After the end of the list, the last turn repeats.
   */
  script(name: string, turns: Turn[] | TurnHandler): void;
  /** Turns for the next requests, whoever asks. Each is used once. */
  enqueue(...turns: Turn[]): void;
  /** The next `times` requests fail with this status or error. */
  fail(times: number, error: number | PlayedError): void;
  /** How many milliseconds pass before every answer, in addition to the turn's own delay. */
  latency(ms: number): void;
  /** Refuses connections and drops the open ones. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Resolves when `count` completion requests have come in. Rejects after `timeoutMs`. */
  received(count: number, timeoutMs?: number): Promise<void>;
  /** Resolves when the recorded request has ended, finished or aborted. */
  ended(index: number, timeoutMs?: number): Promise<RecordedRequest>;
  /** Forgets scripts, queue, failures and requests. */
  reset(): void;
}

interface State {
  handler: TurnHandler;
  handlerCalls: number;
  scripts: Map<string, { turns: Turn[] | TurnHandler; calls: number }>;
  queue: Turn[];
  failures: { left: number; error: PlayedError };
  latencyMs: number;
  received: number;
  requests: RecordedRequest[];
}

function freshState(): State {
  return {
    handler: () => ({ text: 'The played model has no script for this.' }),
    handlerCalls: 0,
    scripts: new Map(),
    queue: [],
    failures: { left: 0, error: { status: 500 } },
    latencyMs: 0,
    received: 0,
    requests: [],
  };
}

/** Starts the played model on a free port of the loopback interface. */
export async function startPlayedModel(options: PlayedModelOptions = {}): Promise<PlayedModel> {
  const state = freshState();
  const server = createServer((request, response) => {
    serve(state, options, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify(errorBody(500, `The played model's script failed: ${String(error)}`)));
    });
  });
  server.keepAliveTimeout = 60_000;
  const host = options.host ?? '127.0.0.1';
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/v1`,
    port,
    ...controls(state),
    async down() {
      if (server.listening) await close();
    },
    async up() {
      if (!server.listening) await listen(port);
    },
    async [Symbol.asyncDispose]() {
      if (server.listening) await close();
    },
  };
}

type Controls = Omit<PlayedModel, 'url' | 'port' | 'down' | 'up' | typeof Symbol.asyncDispose>;

function controls(state: State): Controls {
  return {
    requests: state.requests,
    handle(handler) {
      state.handler = handler;
      state.handlerCalls = 0;
    },
    script: (name, turns) => void state.scripts.set(name, { turns, calls: 0 }),
    enqueue: (...turns) => void state.queue.push(...turns),
    fail(times, error) {
      state.failures = { left: times, error: typeof error === 'number' ? { status: error } : error };
    },
    latency(ms) {
      state.latencyMs = ms;
    },
    received: (count, timeoutMs = 10_000) => until(() => state.received >= count, timeoutMs, `${count} requests`),
    async ended(index, timeoutMs = 10_000) {
      await until(() => state.requests[index]?.endedAt !== undefined, timeoutMs, `the end of request ${index}`);
      return state.requests[index]!;
    },
    reset() {
      const { requests } = state;
      requests.length = 0;
      Object.assign(state, freshState(), { requests });
    },
  };
}

async function until(condition: () => boolean, timeoutMs: number, what: string): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`The played model waited ${timeoutMs} ms for ${what} in vain.`);
    await sleep(5);
  }
}

async function serve(
  state: State,
  options: PlayedModelOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0]!.replace(/^\/v1(?=\/)/, '');
  if (request.method === 'POST' && path === '/chat/completions') return complete(state, options, request, response);
  if (await options.extra?.(request, response)) return;
  const body = plainAnswer(path, options.models ?? ['played-model'], options);
  response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body ?? { detail: 'Not Found' }));
}

function plainAnswer(
  path: string,
  models: string[],
  { window = 128_000, sees }: Pick<PlayedModelOptions, 'window' | 'sees'>,
): object | undefined {
  if (path === '/models')
    return { object: 'list', data: models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'played' })) };
  if (path === '/model/info') {
    const info = {
      input_cost_per_token: 1e-6,
      output_cost_per_token: 2e-6,
      max_input_tokens: window,
      supports_vision: sees,
    };
    return { data: models.map((model_name) => ({ model_name, model_info: info })) };
  }
  if (path.startsWith('/health')) return { status: 'healthy' };
  return undefined;
}

async function complete(
  state: State,
  options: PlayedModelOptions,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = parseRequest(JSON.parse(await text(incoming)) as ChatBody, incoming.headers);
  const record = remember(state, options.keep ?? 10_000, request, response);
  const turn = await nextTurn(state, request);
  record.turn = turn;
  options.onRequest?.(request, turn);
  if (state.latencyMs > 0) await sleep(state.latencyMs);
  await sendTurn(response, request, turn);
}

function remember(state: State, keep: number, request: ParsedRequest, response: ServerResponse): RecordedRequest {
  const { body, headers } = request;
  const record: RecordedRequest = { at: performance.now(), body, headers, request, aborted: false };
  state.received += 1;
  if (keep > 0) state.requests.push(record);
  if (state.requests.length > keep) state.requests.shift();
  response.once('close', () => {
    record.endedAt = performance.now();
    const ownCut = record.turn?.cutAfterBytes !== undefined || record.turn?.cutAfterChunks !== undefined;
    record.aborted = !response.writableFinished && !ownCut;
  });
  return record;
}

async function nextTurn(state: State, request: ParsedRequest): Promise<Turn> {
  if (state.failures.left > 0) {
    state.failures.left -= 1;
    return { error: state.failures.error };
  }
  const queued = state.queue.shift();
  if (queued) return queued;
  const script = request.marker === undefined ? undefined : state.scripts.get(request.marker);
  if (!script) return state.handler(request, state.handlerCalls++);
  if (typeof script.turns === 'function') return script.turns(request, script.calls++);
  return script.turns[Math.min(request.step, script.turns.length - 1)] ?? {};
}
