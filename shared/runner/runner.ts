import { createVerifier } from '#shared/rights/tokens.ts';
import type { Policy, PolicySource } from '#shared/rights/policy.ts';
import { errorText } from '#shared/ground/errors.ts';
import { StillStarting, type ReadinessCheck } from '#shared/process/health.ts';
import { reportCrashesTo } from '#mcp/kit.ts';
import { createAuthenticator } from './auth.ts';
import type { Backend } from './backend.ts';
import { createBodyRoom } from './body.ts';
import { forOperators } from './for-operators.ts';
import { createCallMemory } from './call-memory.ts';
import { createCancellations } from './cancellation.ts';
import { acceptClients } from './clients.ts';
import { fewerCallsAtOnce, toolCrashed } from './events.ts';
import { startRunnerServer } from './http-server.ts';
import { createLegacySse } from './legacy-sse.ts';
import { createLimiter, roomForCalls } from './limiter.ts';
import { createProtocol } from './protocol.ts';
import { createRequestGuard } from './request-guard.ts';
import { createUnread } from './unread.ts';

/** How a runner serves its backend. All but the first four are the settings of those names of a tool-runner. */
export interface RunnerSettings {
  /** The entry of servers.json that is served. */
  server: string;
  signingKey: string;
  port: number;
  host: string;
  allowedHosts: readonly string[];
  allowedOrigins: readonly string[];
  legacySse: boolean;
  /** Milliseconds. */
  timeoutMs: number;
  resultMaxBytes: number;
  requestMaxBytes: number;
  concurrency: number;
  clientsFile: string | undefined;
  idempotencyFile: string | undefined;
}

/** A backend that is served. Dispose ends the server, not the backend. */
export interface Runner extends AsyncDisposable {
  port: number;
  checks: Record<string, ReadinessCheck>;
}

/**
 * Serves a backend behind the contract that all tool-runners have: POST /mcp with a signed token for each call, the
 * policy asked once more, /healthz and /readyz. Throws ConfigError for a wrong file; rejects when the port is taken.
 */
export async function startRunner(backend: Backend, policy: PolicySource, settings: RunnerSettings): Promise<Runner> {
  await using stack = new AsyncDisposableStack();
  reportCrashesTo(toolCrashed);
  const { server, concurrency } = settings;
  const memory = stack.use(await createCallMemory(settings.idempotencyFile));
  const rules = {
    server,
    memory,
    limiter: createLimiter(callsAtOnce(server, concurrency, backend.answerBytes), concurrency * 10),
    timeoutMs: settings.timeoutMs,
    resultMaxBytes: settings.resultMaxBytes,
  };
  const checks = {
    [server]: () => checkBackend(backend),
    ...(settings.idempotencyFile !== undefined && { 'call file': () => memory.check() }),
  };
  const protocol = stack.use(createProtocol(backend, rules));
  const room = createBodyRoom(settings.requestMaxBytes);
  const sse = settings.legacySse ? createLegacySse(protocol, settings.requestMaxBytes, room) : undefined;
  const http = stack.use(
    await startRunnerServer(
      {
        server,
        checks,
        guard: createRequestGuard(server, settings.allowedHosts, settings.allowedOrigins),
        authenticator: authenticatorOf(settings, () => policy.current()),
        protocol,
        cancellations: createCancellations(),
        runEnded: (run) => backend.runEnded?.(run),
        runForgotten: (run) => memory.forget(run),
        sse,
        requestMaxBytes: settings.requestMaxBytes,
        room,
        unread: createUnread(),
      },
      settings.port,
      settings.host,
    ),
  );
  // It comes after the server in the stack, so that open streams end before the server waits for its connections.
  if (sse) stack.use(sse);
  const owned = stack.move();
  return { port: http.port, checks, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function authenticatorOf({ server, signingKey, clientsFile }: RunnerSettings, policy: () => Policy) {
  const workers = createAuthenticator(createVerifier(signingKey, server), policy);
  return acceptClients(clientsFile, policy, workers);
}

/** As many as the operator wants, or as have room in what this process may hold. */
function callsAtOnce(server: string, wanted: number, answerBytes: number | undefined): number {
  const calls = Math.min(wanted, roomForCalls(answerBytes));
  if (calls < wanted) fewerCallsAtOnce(server, wanted, calls);
  return calls;
}

/** Asks the backend how it is. What a domain's tools would tell a model of it is turned to the operator. */
async function checkBackend(backend: Backend): Promise<void> {
  try {
    await backend.check();
  } catch (error) {
    if (error instanceof StillStarting) throw error;
    throw new Error(forOperators(errorText(error)), { cause: error });
  }
}
