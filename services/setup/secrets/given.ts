import type { Environment } from '#shared/ground/config.ts';
import type { ServerEntry } from '#shared/servers/entry.ts';
import { variablesToGive } from '#shared/servers/variables.ts';
import type { Files } from './groups.ts';

/** The values of the variables that entries of servers.json refer to; each server's are in a group of its own. */
export function givenSecrets(servers: ReadonlyMap<string, ServerEntry>, env: Environment): Record<string, Files> {
  const groups: Record<string, Files> = {};
  for (const [name, entry] of servers) {
    const files = variablesToGive(entry).map((variable) => [variable, env[variable] ?? ''] as const);
    if (files.length > 0) groups[`server-${name}`] = Object.fromEntries(files);
  }
  return groups;
}
