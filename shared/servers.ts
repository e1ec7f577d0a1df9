import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError } from './config.ts';
import { errorText } from './errors.ts';

const common = {
  /** Set to keep an entry without using it. */
  disabled: z.boolean().default(false),
  /**
   * Whether the server's tool annotations are believed. Otherwise its tools count as writing, whatever they say: MCP
   * calls annotations of a server that is not trusted mere hints.
   */
  trustAnnotations: z.boolean().default(false),
};

const stdioServer = z.strictObject({
  ...common,
  type: z.literal('stdio').optional(),
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  /** Values may hold `${NAME}`, filled in from the runner's environment. */
  env: z.record(z.string(), z.string()).default({}),
  cwd: z.string().optional(),
  /** One of Dragoman's own domains: served inside the runner's process instead of a child. */
  domain: z.string().optional(),
});

const remoteServer = z.strictObject({
  ...common,
  type: z.enum(['http', 'sse']),
  url: z.url(),
  /** Values may hold `${NAME}`, as those of `env`. */
  headers: z.record(z.string(), z.string()).default({}),
});

const serversSchema = z.strictObject({
  mcpServers: z.record(
    z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'names are lower case: a-z, 0-9, -'),
    z.union([stdioServer, remoteServer]),
  ),
});

export type StdioServer = z.output<typeof stdioServer>;
export type RemoteServer = z.output<typeof remoteServer>;
export type ServerEntry = StdioServer | RemoteServer;

/** Which MCP servers exist: the enabled entries of servers.json by name. Throws ConfigError with what is wrong. */
export function loadServers(file: string): Map<string, ServerEntry> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError([`MCP_SERVERS_FILE: cannot read ${file}: ${errorText(error)}`]);
  }
  const parsed = serversSchema.safeParse(json);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${file}: ${issue.path.join('.')}: ${issue.message}`));
  }
  return new Map(Object.entries(parsed.data.mcpServers).filter(([, entry]) => !entry.disabled));
}

/** The name under which a server's tool stands in the catalogue: our own as they are, others' as `server__tool`. */
export function catalogueName(server: string, entry: ServerEntry, tool: string): string {
  return 'domain' in entry && entry.domain !== undefined ? tool : `${server}__${tool}`;
}

/**
 * Where each server's tool-runner listens. `overrides` has `name=url` items; other runners are at their
 * Compose service name. Throws ConfigError for an item of another form.
 */
export function runnerUrls(servers: Iterable<string>, overrides: string[]): Map<string, string> {
  const urls = new Map<string, string>();
  for (const name of servers) urls.set(name, `http://tool-runner-${name}:8080/mcp`);
  for (const item of overrides) {
    const at = item.indexOf('=');
    const url = item.slice(at + 1);
    if (at < 1 || !URL.canParse(url))
      throw new ConfigError([`TOOL_RUNNERS: "${item}" is not of the form name=http://host:port/mcp`]);
    urls.set(item.slice(0, at), url);
  }
  return urls;
}
