import { ConfigError } from '#shared/ground/config.ts';
import { readEntry, type ServerEntry } from './entry.ts';
import { readServerFile } from './file.ts';
import { serverNames } from './names.ts';

/** What servers.json says. Servers have the names that are used everywhere except in the file (`names.ts`). */
export interface ServerList {
  /** The entries that are enabled and sound, by name, in the file's order. */
  servers: Map<string, ServerEntry>;
  /** What is wrong with the other enabled entries, by name. */
  broken: Map<string, string>;
  /** What entries say and is not used here, by name, a sentence each. */
  notes: Map<string, string[]>;
  disabled: Set<string>;
  /** The names in the file of servers whose name had to be changed, by name. */
  written: Map<string, string>;
}

/**
 * Reads which MCP servers exist, from a file of ours or of another client's. A wrong entry does not take the others
 * with it; whoever reads the list reports it. Throws ConfigError when the file cannot be read or holds no such list.
 */
export function loadServers(file: string): ServerList {
  const { entries } = readServerFile(file);
  const names = serverNames(entries.map(([written]) => written));
  const list: ServerList = {
    servers: new Map(),
    broken: new Map(),
    notes: new Map(),
    disabled: new Set(),
    written: new Map(),
  };
  for (const [written, raw] of entries) {
    const name = names.get(written) ?? written;
    const { entry, disabled, problem, notes } = readEntry(raw);
    if (name !== written) list.written.set(name, written);
    if (disabled) list.disabled.add(name);
    if (entry) list.servers.set(name, entry);
    if (problem !== undefined) list.broken.set(name, problem);
    if (notes.length > 0) list.notes.set(name, notes);
  }
  return list;
}

/**
 * Where each server's tool-runner listens. `overrides` has `name=url` items, and `name=off` for a server that has no
 * runner; other runners are at their Compose service name. Throws ConfigError for an item of another form.
 */
export function runnerUrls(servers: Iterable<string>, overrides: string[]): Map<string, string> {
  const urls = new Map<string, string>();
  for (const name of servers) urls.set(name, `http://tool-runner-${name}:8080/mcp`);
  for (const item of overrides) {
    const at = item.indexOf('=');
    const [name, url] = [item.slice(0, at), item.slice(at + 1)];
    if (at > 0 && url === 'off') {
      urls.delete(name);
      continue;
    }
    if (at < 1 || !URL.canParse(url))
      throw new ConfigError([`TOOL_RUNNERS: "${item}" is not of the form name=http://host:port/mcp`]);
    urls.set(name, url);
  }
  return urls;
}
