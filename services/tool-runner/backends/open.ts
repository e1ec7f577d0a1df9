import { ConfigError, environment, loadConfig, variableMeta, type Environment } from '#shared/ground/config.ts';
import { hideSecret } from '#shared/process/log.ts';
import type { ServerEntry, ServerList } from '#shared/servers/list.ts';
import { domainNames, isDomain, loadDomain } from '#mcp/domains.ts';
import { connectChild, connectRemote } from './connect.ts';
import { expandValues } from './expand.ts';
import { foreignBackend } from './foreign.ts';
import { createLink } from './link.ts';
import { inProcessBackend, type Backend } from './backend.ts';
import type { ToolRunnerConfig } from '../config.ts';

/**
 * Makes the backend that MCP_SERVER names in servers.json. Does not wait for it: a backend that is away now is a matter
 * of readiness. Throws ConfigError when there is no such entry or its settings are wrong.
 */
export async function openBackend(
  config: ToolRunnerConfig,
  { servers, broken }: ServerList,
  env: Environment = environment(),
): Promise<Backend> {
  const name = config.MCP_SERVER;
  const entry = servers.get(name);
  if (broken.has(name)) throw new ConfigError([`${config.MCP_SERVERS_FILE}: ${name}: ${broken.get(name)}`]);
  if (!entry) {
    const known = [...servers.keys()].join(', ');
    throw new ConfigError([
      `MCP_SERVER: ${config.MCP_SERVERS_FILE} has no enabled server "${name}". It has: ${known}.`,
    ]);
  }
  if ('domain' in entry && entry.domain !== undefined) {
    return openDomain(name, entry.domain, { ...env, ...expandValues(name, entry.env, env) });
  }
  return openForeign(config, entry, env);
}

function openForeign(config: ToolRunnerConfig, entry: ServerEntry, env: Environment): Backend {
  const server = config.MCP_SERVER;
  const options = { server, prefix: config.TOOL_NAME_PREFIX, trusted: entry.trustAnnotations };
  if ('url' in entry) {
    const headers = expandValues(server, entry.headers, env);
    for (const value of Object.values(headers)) hideSecret(value);
    return foreignBackend(
      createLink(server, (signal) => connectRemote(entry, headers, signal)),
      options,
    );
  }
  const { command, args, cwd } = entry;
  const childEnv = { ...inherited(env), ...expandValues(server, entry.env, env) };
  const child = { server, command, args, cwd, env: childEnv };
  return foreignBackend(
    createLink(server, (signal) => connectChild(child, signal)),
    options,
  );
}

/** What programs need to run at all. Everything else, our signing key above all, is not a child's business. */
function inherited(env: Environment): Record<string, string> {
  const names = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'NODE_EXTRA_CA_CERTS'];
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
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
