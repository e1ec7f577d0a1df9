import { createServer, STATUS_CODES, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Express } from 'express';
import { listen } from '#shared/process/health.ts';
import { countRefusal } from '../events.ts';
import { ApiError } from './errors.ts';

export interface HttpServer extends AsyncDisposable {
  /** Where it can be reached from this machine. */
  url: string;
  /** Takes no new connections any more. */
  refuse(): void;
}

/** Milliseconds that a client has for its head at most. */
const headersMs = 10_000;
/** Milliseconds for which an idle connection stays; longer than the usual 60 s of proxies in front of us. */
const idleMs = 65_000;

export interface ServerSettings {
  port: number;
  host: string;
  maxConnections: number;
  /** Milliseconds that a whole request may take to arrive. */
  requestMs: number;
}

/** Serves the app with limits on connections, heads and time. Rejects when the port is taken. */
export async function serve(
  app: Express,
  { port, host, maxConnections, requestMs }: ServerSettings,
): Promise<HttpServer> {
  const server = createServer(
    {
      headersTimeout: Math.min(headersMs, requestMs),
      requestTimeout: requestMs,
      keepAliveTimeout: idleMs,
      connectionsCheckingInterval: Math.min(1_000, requestMs),
      maxHeaderSize: 16_384,
      // Looked at by `wellAddressed`, which has words for it.
      requireHostHeader: false,
      insecureHTTPParser: false,
    },
    app,
  );
  server.maxConnections = maxConnections;
  server.maxRequestsPerSocket = 0;
  server.on('clientError', answerBadRequest);
  server.on('checkExpectation', (_request, response: ServerResponse) => {
    const { status, body } = new ApiError(417, 'Nothing can be expected here but 100-continue.');
    countRefusal(status, null);
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(body));
  });
  // Nothing is proxied, and nothing else than HTTP is spoken here.
  server.on('connect', (_request, socket: Socket) =>
    answerRaw(socket, new ApiError(405, 'This server is no proxy: send the path alone.', { headers: { allow: '' } })),
  );
  await listen(server, port, host);
  const { port: taken } = server.address() as AddressInfo;
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${shown === '0.0.0.0' || shown === '[::]' ? '127.0.0.1' : shown}:${taken}`,
    refuse: () => void server.close(),
    [Symbol.asyncDispose]: () => close(server),
  };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** Requests that never became one: broken heads, too large, too slow. They get their answer in the same shape. */
function answerBadRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  answerRaw(socket, toldFor(error.code));
}

function answerRaw(socket: Socket, told: ApiError): void {
  countRefusal(told.status, null);
  const body = JSON.stringify(told.body);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
    ...told.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${told.status} ${STATUS_CODES[told.status]}\r\n${lines.join('')}\r\n${body}`);
}

function toldFor(code: string | undefined): ApiError {
  if (code === 'HPE_HEADER_OVERFLOW') return new ApiError(431, 'The head of the request is too large.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new ApiError(408, 'The request took too long to arrive.');
  return new ApiError(400, 'This is no HTTP request that can be read.');
}
