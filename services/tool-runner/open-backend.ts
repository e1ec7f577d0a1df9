import { ConfigError, environment, loadConfig, variableMeta, type Environment } from '#shared/config.ts';
import { hideSecret } from '#shared/log.ts';
import type { ServerEntry } from '#shared/servers.ts';
import { domainNames, loadDomain, type DomainName } from '#mcp/domains.ts';
import { inProcessBackend, type Backend } from './backend.ts';
import type { ToolRunnerConfig } from './config.ts';

/**
 * Makes the backend that MCP_SERVER names in servers.json. Does not wait for it: a backend that is away now is a matter
 * of readiness. Throws ConfigError when there is no such entry or its settings are wrong.
 */
export async function openBackend(
  config: ToolRunnerConfig,
  servers: Map<string, ServerEntry>,
  env: Environment = environment(),
): Promise<Backend> {
  const name = config.MCP_SERVER;
  const entry = servers.get(name);
  if (!entry) {
    const known = [...servers.keys()].join(', ');
    throw new ConfigError([
      `MCP_SERVER: ${config.MCP_SERVERS_FILE} has no enabled server "${name}". It has: ${known}.`,
    ]);
  }
  if ('domain' in entry && entry.domain !== undefined) return openDomain(name, entry.domain, env);
  throw new ConfigError([`not yet`]);
}

async function openDomain(server: string, domain: string, env: Environment): Promise<Backend> {
  if (!isDomain(domain)) {
    throw new ConfigError([
      `MCP_SERVER: "${server}" names the domain "${domain}"; there are ${domainNames.join(', ')}.`,
    ]);
  }
  const module = await loadDomain(domain);
  const settings = loadConfig(module.config, env);
  for (const [name, value] of Object.entries(settings)) {
    if (variableMeta(module.config, name).secret === true && typeof value === 'string') hideSecret(value);
  }
  return inProcessBackend(module.createDomain(settings));
}

function isDomain(name: string): name is DomainName {
  return (domainNames as string[]).includes(name);
}
