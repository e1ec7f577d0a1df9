import { ConfigError, readSecret, type Environment } from '#shared/ground/config.ts';
import { hideSecret } from '#shared/process/log.ts';
import type { ServerEntry } from '#shared/servers/entry.ts';
import { fillEntry, isSecretName, referringValues } from '#shared/servers/variables.ts';

/**
 * Fills in `${NAME}` in an entry of servers.json from the environment. Values that are secrets by their name are kept
 * out of logs. Throws ConfigError that names what is not set.
 */
export function expandEntry<T extends ServerEntry>(server: string, entry: T, env: Environment): T {
  const missing: string[] = [];
  const expanded = fillEntry(entry, (variable, where, otherwise) => {
    const found = readSecret(variable, env) ?? otherwise ?? env[variable];
    if (found === undefined) {
      missing.push(`${variable} is not set. The entry "${server}" of servers.json uses it for ${where}.`);
      return '';
    }
    if (isSecretName(variable)) hideSecret(found);
    return found;
  });
  if (missing.length > 0) throw new ConfigError(missing);
  for (const [name, value] of Object.entries(referringValues(expanded))) if (isSecretName(name)) hideSecret(value);
  return expanded;
}
