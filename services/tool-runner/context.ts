import type { Environment } from '#shared/ground/config.ts';
import type { ServiceContext } from '#shared/process/service.ts';
import { loadServers } from '#shared/servers/list.ts';
import { createVerifier } from '#shared/rights/tokens.ts';
import { watchPolicy } from '#shared/rights/policy.ts';
import { reportCrashesTo } from '#mcp/kit.ts';
import { createAuthenticator } from './auth.ts';
import type { Backend } from './backends/backend.ts';
import { createCallMemory } from './call-memory.ts';
import { createCancellations } from './cancellation.ts';
import { acceptClients } from './clients.ts';
import { createBodyRoom } from './body.ts';
import type { ToolRunnerConfig } from './config.ts';
import { createRequestGuard } from './request-guard.ts';
import { fewerCallsAtOnce, toolCrashed } from './events.ts';
import { startRunnerServer } from './http-server.ts';
import { createLegacySse } from './legacy-sse.ts';
import { createLimiter, roomForCalls } from './limiter.ts';
import { openBackend } from './backends/open.ts';
import { createProtocol } from './protocol.ts';
import { createUnread } from './unread.ts';

export interface Overrides {
  /** Replaces this process' environment as the source of the domain's own variables. */
  env?: Environment;
  backend?: Backend;
}

export interface ToolRunnerContext extends ServiceContext {
  port: number;
}

/** Opens the backend that MCP_SERVER names and serves it. Throws ConfigError when it or its settings are wrong. */
export async function createContext(config: ToolRunnerConfig, overrides: Overrides = {}): Promise<ToolRunnerContext> {
  await using stack = new AsyncDisposableStack();
  reportCrashesTo(toolCrashed);
  const server = config.MCP_SERVER;
  const policy = stack.use(watchPolicy(config.POLICY_FILE));
  const memory = stack.use(await createCallMemory(config.IDEMPOTENCY_FILE));
  const backend = stack.use(
    overrides.backend ?? (await openBackend(config, loadServers(config.MCP_SERVERS_FILE), overrides.env)),
  );
  const rules = {
    server,
    memory,
    limiter: createLimiter(callsAtOnce(server, config.CONCURRENCY, backend.answerBytes), config.CONCURRENCY * 10),
    timeoutMs: config.TOOL_TIMEOUT_MS,
    resultMaxBytes: config.RESULT_MAX_BYTES,
  };
  const checks = {
    [server]: () => backend.check(),
    ...(config.IDEMPOTENCY_FILE !== undefined && { 'call file': () => memory.check() }),
  };
  const current = () => policy.current();
  const workers = createAuthenticator(createVerifier(config.DRAGOMAN_SIGNING_KEY, server), current);
  const protocol = stack.use(createProtocol(backend, rules));
  const room = createBodyRoom(config.REQUEST_MAX_BYTES);
  const sse = config.MCP_LEGACY_SSE ? createLegacySse(protocol, config.REQUEST_MAX_BYTES, room) : undefined;
  const http = stack.use(
    await startRunnerServer(
      {
        server,
        checks,
        guard: createRequestGuard(server, config.ALLOWED_HOSTS, config.ALLOWED_ORIGINS),
        authenticator: acceptClients(config.MCP_CLIENTS_FILE, current, workers),
        protocol,
        cancellations: createCancellations(),
        runEnded: (run) => backend.runEnded?.(run),
        sse,
        requestMaxBytes: config.REQUEST_MAX_BYTES,
        room,
        unread: createUnread(),
      },
      config.PORT,
      config.HOST,
    ),
  );
  // It comes after the server in the stack, so that open streams end before the server waits for its connections.
  if (sse) stack.use(sse);
  const owned = stack.move();
  return {
    port: http.port,
    checks,
    addresses: { mcp: `http://127.0.0.1:${http.port}/mcp` },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** As many as the operator wants, or as have room in what this process may hold. */
function callsAtOnce(server: string, wanted: number, answerBytes: number | undefined): number {
  const calls = Math.min(wanted, roomForCalls(answerBytes));
  if (calls < wanted) fewerCallsAtOnce(server, wanted, calls);
  return calls;
}
