import type { Environment } from '#shared/ground/config.ts';
import type { ServiceContext } from '#shared/process/service.ts';
import { loadServers } from '#shared/servers/list.ts';
import { watchPolicy } from '#shared/rights/policy.ts';
import type { Backend } from '#shared/runner/backend.ts';
import { startRunner, type RunnerSettings } from '#shared/runner/runner.ts';
import type { ToolRunnerConfig } from './config.ts';
import { openBackend } from './backends/open.ts';

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
  const policy = stack.use(watchPolicy(config.POLICY_FILE));
  const backend = stack.use(
    overrides.backend ?? (await openBackend(config, loadServers(config.MCP_SERVERS_FILE), overrides.env)),
  );
  const { port, checks } = stack.use(await startRunner(backend, policy, settingsOf(config)));
  const owned = stack.move();
  return {
    port,
    checks,
    addresses: { mcp: `http://127.0.0.1:${port}/mcp` },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function settingsOf(config: ToolRunnerConfig): RunnerSettings {
  return {
    server: config.MCP_SERVER,
    signingKey: config.DRAGOMAN_SIGNING_KEY,
    port: config.PORT,
    host: config.HOST,
    allowedHosts: config.ALLOWED_HOSTS,
    allowedOrigins: config.ALLOWED_ORIGINS,
    legacySse: config.MCP_LEGACY_SSE,
    timeoutMs: config.TOOL_TIMEOUT_MS,
    resultMaxBytes: config.RESULT_MAX_BYTES,
    requestMaxBytes: config.REQUEST_MAX_BYTES,
    concurrency: config.CONCURRENCY,
    clientsFile: config.MCP_CLIENTS_FILE,
    idempotencyFile: config.IDEMPOTENCY_FILE,
  };
}
