import { ConfigError, type Environment } from '#shared/ground/config.ts';
import { hideSecret } from '#shared/process/log.ts';
import { variableReference } from '#shared/servers/list.ts';

const secretName = /key|secret|token|password|passwd|credential|authorization|dsn|url$/i;

/**
 * Fills `${NAME}` in the values of a servers.json entry from the environment. Values that are secrets by their name are
 * kept out of logs. Throws ConfigError for a name that is not set.
 */
export function expandValues(server: string, values: Record<string, string>, env: Environment): Record<string, string> {
  const expanded: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    expanded[name] = value.replaceAll(variableReference, (_, variable: string) => {
      const found = env[variable];
      if (found === undefined) {
        throw new ConfigError([`${variable} is not set. The entry "${server}" of servers.json uses it for ${name}.`]);
      }
      if (secretName.test(variable)) hideSecret(found);
      return found;
    });
    if (secretName.test(name)) hideSecret(expanded[name]);
  }
  return expanded;
}
