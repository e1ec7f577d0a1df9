import type { ServerEntry } from './entry.ts';

/** The name of a tool of somebody else's server in the catalogue: `server__tool`, so that no two servers' tools share one. */
export function foreignToolName(server: string, tool: string): string {
  return `${foreignPrefix(server)}${tool}`;
}

/**
 * The catalogue's name of a tool that a runner lists as `name`: our own as they are, others' as `server__tool`, which a runner
 * says itself unless it was told not to. `entry` undefined: a runner that no entry stands for, whose names are taken as they are.
 */
export function catalogueName(server: string, entry: ServerEntry | undefined, name: string): string {
  if (entry === undefined || name.startsWith(foreignPrefix(server))) return name;
  return 'domain' in entry && entry.domain !== undefined ? name : foreignToolName(server, name);
}

function foreignPrefix(server: string): string {
  return `${server}__`;
}
