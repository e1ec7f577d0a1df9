import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

/** How the server answers a request of a session that it does not know. */
export interface Refusal {
  status: number;
  /**
   * Sent as JSON, a string as it is; nothing is sent when absent. 'same' in an error's `id` stands for the request's.
   */
  body?: unknown;
}

/** A third-party MCP server of SDK 1.x that keeps sessions and forgets them when it is told to. */
export interface SessionServer extends AsyncDisposable {
  url: string;
  /** How often its tool `act` was executed. */
  executions: number;
  /** How many sessions were opened. */
  sessions: number;
  /** How many requests of a session it refused. */
  refusals: number;
  /** While true, clients that open a session wait for ever. */
  deaf: boolean;
  /** Lets the waiting calls of the tool `slow` answer, and all later ones. */
  release(): void;
  /** Resolves when a call of the tool `slow` has begun. */
  begun: Promise<void>;
  /** Forgets all sessions, but breaks no connection. */
  forget(): void;
  /** Stops as a killed process does. */
  stop(): Promise<void>;
  /** Starts again, at the same address. */
  start(): Promise<void>;
}

export interface SessionServerOptions {
  transport?: 'http' | 'sse';
  refusal?: Refusal;
  /** Refuses every request but `initialize`, also for sessions that it has just opened. */
  keepsNone?: boolean;
  /** Answers GET with 404, because it has no stream. */
  withoutStream?: boolean;
  /** Called before each page of the tool list is answered, with the page's number from 0. */
  onPage?: (page: number) => void;
}

const notFound: Refusal = {
  status: 404,
  body: { jsonrpc: '2.0', error: { code: -32_001, message: 'Session not found' }, id: null },
};

const noSession: Refusal = {
  status: 400,
  body: { jsonrpc: '2.0', error: { code: -32_000, message: 'Bad Request: Server not initialized' }, id: null },
};

type SessionTransport = StreamableHTTPServerTransport | SSEServerTransport;

/** Starts it on a free port of loopback. */
export async function startSessionServer(options: SessionServerOptions = {}): Promise<SessionServer> {
  const sessions = new Map<string, SessionTransport>();
  const released = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  let http: HttpServer | undefined;
  let port = 0;

  function newSession(): Server {
    const server = new Server({ name: 'sessions', version: '1' }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, (request) => {
      const page = Number(request.params?.cursor ?? 0);
      options.onPage?.(page);
      const tools = [{ name: page === 0 ? 'act' : 'slow', inputSchema: { type: 'object' as const } }];
      return page === 0 ? { tools, nextCursor: '1' } : { tools };
    });
    server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
      if (params.name === 'slow') {
        begun.resolve();
        await released.promise;
      } else state.executions += 1;
      return { content: [{ type: 'text', text: 'done' }] };
    });
    return server;
  }

  function refuse(id: unknown, response: ServerResponse): void {
    state.refusals += 1;
    answer(response, options.refusal ?? notFound, id);
  }

  function answer(response: ServerResponse, { status, body }: Refusal, id: unknown): void {
    const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
    response.writeHead(status, { 'content-type': typeof body === 'object' ? 'application/json' : 'text/plain' });
    response.end(text.replace('"same"', JSON.stringify(id ?? null)));
  }

  async function serveHttp(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET' && options.withoutStream === true) return void response.writeHead(404).end();
    const body = request.method === 'POST' ? ((await json(request)) as { method?: string; id?: unknown }) : undefined;
    const id = request.headers['mcp-session-id'];
    if (body !== undefined && id === undefined && state.deaf) return;
    if (body?.method === 'initialize') {
      const transport = new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: (id) => void sessions.set(id, transport),
      });
      await newSession().connect(transport);
      state.sessions += 1;
      return transport.handleRequest(request, response, body);
    }
    // A client without a session asks for the revision before it opens its first session.
    if (id === undefined) return answer(response, noSession, body?.id);
    const known = sessions.get(String(id));
    const hides = options.keepsNone === true && body?.method === 'tools/call';
    if (!(known instanceof StreamableHTTPServerTransport) || hides) return refuse(body?.id, response);
    return known.handleRequest(request, response, body);
  }

  async function serveSse(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      const transport = new SSEServerTransport('/messages', response);
      sessions.set(transport.sessionId, transport);
      state.sessions += 1;
      return newSession().connect(transport);
    }
    const body = (await json(request)) as { id?: unknown };
    const known = sessions.get(new URL(request.url ?? '', 'http://x').searchParams.get('sessionId') ?? '');
    if (!(known instanceof SSEServerTransport)) return refuse(body.id, response);
    return known.handlePostMessage(request, response, body);
  }

  const serve = options.transport === 'sse' ? serveSse : serveHttp;
  const state: SessionServer = {
    url: '',
    executions: 0,
    sessions: 0,
    refusals: 0,
    deaf: false,
    release: () => released.resolve(),
    begun: begun.promise,
    forget: () => sessions.clear(),
    async stop() {
      sessions.clear();
      const stopped = http;
      http = undefined;
      stopped?.closeAllConnections();
      await new Promise<void>((resolve) => (stopped ? stopped.close(() => resolve()) : resolve()));
    },
    async start() {
      const started = createServer((request, response) => void serve(request, response));
      await new Promise<void>((resolve, reject) => {
        started.once('error', reject);
        started.listen(port, '127.0.0.1', resolve);
      });
      ({ port } = started.address() as AddressInfo);
      http = started;
      state.url = `http://127.0.0.1:${port}/${options.transport === 'sse' ? 'sse' : 'mcp'}`;
    },
    async [Symbol.asyncDispose]() {
      released.resolve();
      await state.stop();
    },
  };
  await state.start();
  return state;
}

async function json(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text);
}
