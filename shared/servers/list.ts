import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError } from '#shared/ground/config.ts';
import { errorText } from '#shared/ground/errors.ts';

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
  /** Streamable HTTP, as other clients take an entry without a type, or the older HTTP+SSE. */
  type: z.enum(['http', 'sse']).default('http'),
  url: z.url(),
  /** Values may hold `${NAME}`, as those of `env`. */
  headers: z.record(z.string(), z.string()).default({}),
});

const serverName = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'names are lower case: a-z, 0-9, -');

/** Loose, because the files of other MCP clients hold settings of theirs beside the list. */
const listSchema = z.looseObject({ mcpServers: z.record(z.string(), z.unknown()) });

export type StdioServer = z.output<typeof stdioServer>;
export type RemoteServer = z.output<typeof remoteServer>;
export type ServerEntry = StdioServer | RemoteServer;

/** What servers.json says. */
export interface ServerList {
  /** The entries that are enabled and sound, by name, in the file's order. */
  servers: Map<string, ServerEntry>;
  /** What is wrong with the others that are enabled, by name. */
  broken: Map<string, string>;
}

/**
 * Which MCP servers exist. An entry that is wrong does not take the others with it; whoever reads the list tells of it.
 * Throws ConfigError when the file cannot be read or holds no such list.
 */
export function loadServers(file: string): ServerList {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError([`MCP_SERVERS_FILE: cannot read ${file}: ${errorText(error)}`]);
  }
  const parsed = listSchema.safeParse(json);
  if (!parsed.success) throw new ConfigError([`${file}: ${problemsOf(parsed.error)}`]);
  const list: ServerList = { servers: new Map(), broken: new Map() };
  for (const [name, raw] of Object.entries(parsed.data.mcpServers)) {
    if (isObject(raw) && raw['disabled'] === true) continue;
    const known = serverName.safeParse(name);
    const entry = (isObject(raw) && 'url' in raw ? remoteServer : stdioServer).safeParse(raw);
    if (!known.success) list.broken.set(name, problemsOf(known.error));
    else if (!entry.success) list.broken.set(name, problemsOf(entry.error));
    else list.servers.set(name, entry.data);
  }
  return list;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function problemsOf(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ');
}

/** `${NAME}` in the values of an entry's `env` and `headers`. */
export const variableReference = /\$\{(\w+)\}/g;

/** The values of an entry that may refer to variables, by their names in it. */
export function referringValues(entry: ServerEntry): Record<string, string> {
  return 'url' in entry ? entry.headers : entry.env;
}

/** The names of the variables that an entry refers to. */
export function referencedVariables(entry: ServerEntry): string[] {
  const found = Object.values(referringValues(entry)).flatMap((value) => [...value.matchAll(variableReference)]);
  return found.flatMap(([, name]) => name ?? []);
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
