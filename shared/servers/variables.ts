import type { ServerEntry } from './entry.ts';
import { variableReference } from './reference.ts';

const secretName = /key|secret|token|password|passwd|credential|authorization|cookie|dsn|url$/i;

/** Whether something of this name (a variable, a header, an option) is most likely a secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** The values of an entry that have names: its `env` or `headers`. */
export function referringValues(entry: ServerEntry): Record<string, string> {
  return 'url' in entry ? entry.headers : entry.env;
}

/** The names of the variables that an entry refers to, each once. */
export function referencedVariables(entry: ServerEntry): string[] {
  const found: string[] = [];
  fillEntry(entry, (name) => {
    found.push(name);
    return '';
  });
  return [...new Set(found)];
}

/** The names of those that a container must be given; it has a home of its own. */
export function variablesToGive(entry: ServerEntry): string[] {
  return referencedVariables(entry).filter((name) => name !== 'HOME');
}

/** Gives the value for a variable; `where` is the place in the entry that refers to it. */
type Fill = (name: string, where: string, otherwise: string | undefined) => string;

/**
 * The entry with `fill`'s value for each variable that it refers to: in `env` and `headers`, and in `command`, `args`,
 * `cwd`, `envFile` and `url`. In the latter, references to variables that the entry's own `env` sets are left to the
 * server.
 */
export function fillEntry<T extends ServerEntry>(entry: T, fill: Fill): T {
  const filled = (text: string, where: string) =>
    text.replaceAll(variableReference, (_, name: string, otherwise?: string) => fill(name, where, otherwise));
  if ('url' in entry) {
    return { ...entry, url: filled(entry.url, 'url'), headers: mapValues(entry.headers, filled) };
  }
  const beside = (text: string, where: string) =>
    text.replaceAll(variableReference, (reference, name: string, otherwise?: string) =>
      Object.hasOwn(entry.env, name) ? reference : fill(name, where, otherwise),
    );
  return {
    ...entry,
    command: beside(entry.command, 'command'),
    args: entry.args.map((text, at) => beside(text, `args[${at}]`)),
    env: mapValues(entry.env, filled),
    ...(entry.cwd !== undefined && { cwd: beside(entry.cwd, 'cwd') }),
    ...(entry.envFile !== undefined && { envFile: beside(entry.envFile, 'envFile') }),
  };
}

function mapValues(
  values: Record<string, string>,
  change: (value: string, name: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]));
}
