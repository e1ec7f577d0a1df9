import { createDomain } from '#mcp/discord/domain.ts';
import { doorOf } from '#mcp/domains.ts';
import type { PolicySource } from '#shared/rights/policy.ts';
import { inProcessBackend } from '#shared/runner/backend.ts';
import { startRunner, type Runner } from '#shared/runner/runner.ts';
import { loadServers } from '#shared/servers/list.ts';
import type { IngressConfig } from '../config.ts';
import type { Discord } from '../discord/connect.ts';
import { toolsNotServed } from '../events.ts';
import { createDiscordDoor } from './door.ts';

interface ToolsContext extends Pick<Discord, 'client' | 'api' | 'bot'> {
  config: IngressConfig;
  application: { messageContent: boolean };
  policy: PolicySource;
}

/** Calls that run at once in one ingress, whose first work is to answer. */
const callsAtOnce = 16;

/**
 * Serves the Discord tools to workers, in the way of a tool-runner. Undefined where no entry of servers.json asks for
 * them, or where there is no key to check calls with; the log says so.
 */
export async function serveTools(ingress: ToolsContext): Promise<Runner | undefined> {
  const { config } = ingress;
  const { servers } = loadServers(config.MCP_SERVERS_FILE);
  const server = [...servers].find(([, entry]) => doorOf(entry) === 'ingress')?.[0];
  if (server === undefined) return undefined;
  if (config.DRAGOMAN_SIGNING_KEY === undefined) {
    toolsNotServed({ server, why: 'DRAGOMAN_SIGNING_KEY is not set' });
    return undefined;
  }
  const domain = createDomain(config, createDiscordDoor(ingress, ingress.application.messageContent));
  return startRunner(inProcessBackend(domain), ingress.policy, {
    server,
    signingKey: config.DRAGOMAN_SIGNING_KEY,
    port: config.DISCORD_TOOLS_PORT,
    host: config.DISCORD_TOOLS_HOST,
    allowedHosts: [],
    allowedOrigins: [],
    legacySse: false,
    timeoutMs: 120_000,
    resultMaxBytes: 1_000_000,
    requestMaxBytes: 262_144,
    concurrency: callsAtOnce,
    clientsFile: undefined,
    idempotencyFile: undefined,
  });
}
