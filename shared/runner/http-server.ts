import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { errorText } from '#shared/ground/errors.ts';
import { listen, readiness, type ReadinessCheck } from '#shared/process/health.ts';
import { reject, serveMcp, serveSse, type EndpointParts } from './endpoint.ts';
import { requestCrashed } from './events.ts';
import type { LegacySse } from './legacy-sse.ts';

export interface RunnerServer extends AsyncDisposable {
  port: number;
}

export interface RunnerServerParts extends EndpointParts {
  checks: Record<string, ReadinessCheck>;
  /** The deprecated transport, where it is switched on. */
  sse: LegacySse | undefined;
}

/** Milliseconds that answers under way get at shutdown before their connections are closed. */
const drainMs = 5_000;

/** Serves /mcp, /healthz and /readyz. Rejects when the port is taken. */
export async function startRunnerServer(parts: RunnerServerParts, port: number, host: string): Promise<RunnerServer> {
  const server = createServer(limits, (request, response) => {
    route(parts, request, response).catch((error: unknown) => crashed(response, error));
  });
  const unused = trackUnused(server);
  await listen(server, port, host);
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => close(server, unused),
  };
}

/** Workers keep their connections, which close later here than there, so that no request meets a closing one. */
const limits = { keepAliveTimeout: 75_000, headersTimeout: 10_000, requestTimeout: 30_000, noDelay: true };

async function route(parts: RunnerServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url?.split('?')[0];
  if (parts.sse && isSse(request.method, path)) return serveSse(parts, parts.sse, request, response);
  switch (path) {
    case '/mcp':
      return serveMcp(parts, request, response);
    case '/healthz':
      return json(response, 200, { status: 'ok' });
    case '/readyz': {
      const report = await readiness(parts.checks);
      return json(response, report.ready ? 200 : 503, report);
    }
    default:
      return json(response, 404, { error: 'not found; try /mcp, /healthz or /readyz' });
  }
}

function isSse(method: string | undefined, path: string | undefined): boolean {
  return (method === 'GET' && path === '/sse') || (method === 'POST' && path === '/messages');
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function crashed(response: ServerResponse, error: unknown): void {
  // A caller that left in the middle of its request is not a defect.
  if (response.destroyed || response.req.readableAborted) return;
  requestCrashed(errorText(error));
  if (response.headersSent) response.destroy();
  else reject(response, { status: 500, code: -32_603, message: 'The tool-runner failed inside; its log says why.' });
}

/** Gives answers under way some time to be sent, and closes every other connection. */
async function close(server: Server, unused: Set<Socket>): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  for (const socket of unused) socket.destroy();
  const late = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(late);
}

/** Collects connections without a request so far: clients open some ahead, and Node does not count them as idle. */
function trackUnused(server: Server): Set<Socket> {
  const unused = new Set<Socket>();
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', (request) => unused.delete(request.socket));
  return unused;
}
