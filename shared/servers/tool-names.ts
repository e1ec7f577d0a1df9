import { isDomainEntry, type ServerEntry } from './entry.ts';

/** The catalogue's name of a tool of somebody else's server: `server__tool`, so that no two servers share a name. */
export function foreignToolName(server: string, tool: string): string {
  return `${foreignPrefix(server)}${tool}`;
}

/**
 * The catalogue's name of a tool that a runner lists as `name`. Our own tools keep their names; others become
 * `server__tool`, whether or not the runner has set the prefix itself. `entry` is undefined for a runner that no entry
 * stands for; its names are kept.
 */
export function catalogueName(server: string, entry: ServerEntry | undefined, name: string): string {
  if (entry === undefined || name.startsWith(foreignPrefix(server))) return name;
  return isDomainEntry(entry) ? name : foreignToolName(server, name);
}

function foreignPrefix(server: string): string {
  return `${server}__`;
}
