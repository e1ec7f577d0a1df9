import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError, environment, loadConfig, variableMeta, type Environment } from '#shared/ground/config.ts';
import { errorText } from '#shared/ground/errors.ts';
import { hideSecret } from '#shared/process/log.ts';
import type { ServerEntry, StdioServer } from '#shared/servers/entry.ts';
import type { ServerList } from '#shared/servers/list.ts';
import { isSecretName } from '#shared/servers/variables.ts';
import { domainNames, isDomain, loadDomain } from '#mcp/domains.ts';
import type { ChildCommand } from './child-transport.ts';
import { connectChild, connectRemote } from './connect.ts';
import { expandEntry } from './expand.ts';
import { foreignBackend } from './foreign.ts';
import { createLink } from './link.ts';
import { inProcessBackend, type Backend } from '#shared/runner/backend.ts';
import type { ToolRunnerConfig } from '../config.ts';

/**
 * Makes the backend that MCP_SERVER names in servers.json. It does not wait for the backend: one that is away now only
 * makes the runner unready. Throws ConfigError when there is no such entry or its settings are wrong.
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
    return openDomain(name, entry.domain, { ...env, ...expandEntry(name, entry, env).env });
  }
  return openForeign(config, entry, env);
}

function openForeign(config: ToolRunnerConfig, written: ServerEntry, env: Environment): Backend {
  const server = config.MCP_SERVER;
  const entry = expandEntry(server, written, env);
  const connect =
    'url' in entry
      ? (signal: AbortSignal) => connectRemote(entry, signal)
      : (signal: AbortSignal) => connectChild(commandOf(server, entry, env), signal);
  if ('url' in entry) for (const value of Object.values(entry.headers)) hideSecret(value);
  const options = { server, prefix: config.TOOL_NAME_PREFIX, trusted: entry.trustAnnotations };
  return foreignBackend(createLink(server, connect), options);
}

function commandOf(server: string, { command, args, cwd, env, envFile }: StdioServer, own: Environment): ChildCommand {
  return { server, command, args, cwd, env: { ...inherited(own), ...readEnvFile(envFile), ...env } };
}

/** Reads the file at each start of the child: it may come after the runner. Throws with a reason for the operator. */
function readEnvFile(file: string | undefined): Record<string, string> {
  if (file === undefined) return {};
  try {
    const variables = parseEnv(readFileSync(file, 'utf8')) as Record<string, string>;
    for (const [name, value] of Object.entries(variables)) if (isSecretName(name)) hideSecret(value);
    return variables;
  } catch (error) {
    throw new Error(`its envFile ${file} cannot be read (${errorText(error)})`, { cause: error });
  }
}

/** Where the machine's certificates are, for Node and Python: a company's proxy cannot be passed without them. */
const certificates = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE'];

/** What programs need to run at all. A child gets nothing else, above all not our signing key. */
function inherited(env: Environment): Record<string, string> {
  const names = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', ...certificates];
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
