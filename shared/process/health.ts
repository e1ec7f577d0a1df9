import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorText } from '#shared/ground/errors.ts';
import { registry } from './metrics.ts';

/** A check rejects with this while its dependency comes up: it is not ready yet, and nothing is known to be wrong. */
export class StillStarting extends Error {
  override name = 'StillStarting';
}

/** Rejects with a sentence for the operator while the service cannot work; may resolve to what it is connected to. */
export type ReadinessCheck = () => Promise<string | void>;

export interface HealthServer extends AsyncDisposable {
  port: number;
}

/**
 * Serves /healthz (the process answers), /readyz (its dependencies answer, each by name) and /metrics. Rejects when the
 * port is taken.
 */
export async function startHealthServer(options: {
  port: number;
  host: string;
  checks: Record<string, ReadinessCheck>;
}): Promise<HealthServer> {
  const server = createServer((request, response) => {
    answer(request, response, options.checks).catch((error: unknown) => {
      response.writeHead(500).end(errorText(error));
    });
  });
  await listen(server, options.port, options.host);
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Listens, or rejects with the reason (EADDRINUSE …). */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  checks: Record<string, ReadinessCheck>,
): Promise<void> {
  const path = request.url?.split('?')[0];
  if (path === '/healthz') return json(response, 200, { status: 'ok' });
  if (path === '/readyz') {
    const report = await readiness(checks);
    return json(response, report.ready ? 200 : 503, report);
  }
  if (path === '/metrics') {
    response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
    return;
  }
  json(response, 404, { error: 'not found; try /healthz, /readyz or /metrics' });
}

export interface Readiness {
  ready: boolean;
  /** By dependency: `ok`, or what is wrong. */
  checks: Record<string, string>;
  /** By dependency that is `ok`: where it is, if it says so. */
  details?: Record<string, string>;
  /** Present when nothing is wrong except that dependencies are still starting. */
  starting?: true;
}

/** Runs all checks at once; one that does not answer within 3 s counts as failed. */
export async function readiness(checks: Record<string, ReadinessCheck>): Promise<Readiness> {
  let wrong = 0;
  const details: Record<string, string> = {};
  const entries = await Promise.all(
    Object.entries(checks).map(async ([name, check]): Promise<[string, string]> => {
      const late = new Promise<never>((_, reject) =>
        setTimeout(() => reject(new Error('no answer within 3 s')), 3_000).unref(),
      );
      try {
        const detail = await Promise.race([check(), late]);
        if (typeof detail === 'string') details[name] = detail;
        return [name, 'ok'];
      } catch (error) {
        if (!(error instanceof StillStarting)) wrong += 1;
        return [name, errorText(error)];
      }
    }),
  );
  const ready = entries.every(([, state]) => state === 'ok');
  return {
    ready,
    checks: Object.fromEntries(entries),
    ...(Object.keys(details).length > 0 && { details }),
    ...(!ready && wrong === 0 && { starting: true }),
  };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
