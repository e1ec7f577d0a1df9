import { readFileSync } from 'node:fs';
import { z } from 'zod';

export type Environment = Record<string, string | undefined>;

/** Wrong or missing settings of a domain; one line for each variable. */
export class SettingsError extends Error {
  override name = 'SettingsError';
}

/**
 * Reads a domain's variables for use outside of a service. An empty value counts as not set; a secret may come from the
 * file that `NAME_FILE` names. Throws SettingsError that names every wrong variable, never a secret's value.
 */
export function readSettings<S extends z.ZodObject>(schema: S, env: Environment): z.output<S> {
  const raw: Environment = {};
  for (const [name, type] of Object.entries(schema.shape)) raw[name] = readVariable(name, isSecret(type), env);
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? '');
    return raw[name] === undefined ? `${name} is not set: set it (${issue.message})` : `${name}: ${issue.message}`;
  });
  throw new SettingsError([...new Set(lines)].join('\n'));
}

function readVariable(name: string, secret: boolean, env: Environment): string | undefined {
  if (env[name] !== undefined && env[name] !== '') return env[name];
  const file = secret ? env[`${name}_FILE`] : undefined;
  if (file === undefined || file === '') return undefined;
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new SettingsError(`${name}_FILE: cannot read ${file}; put the secret there or set ${name}.`, {
      cause: error,
    });
  }
}

/** The mark is found through optional, default and transform wrappers. */
function isSecret(type: unknown): boolean {
  let inner = type;
  while (inner instanceof z.ZodType) {
    const meta = inner.meta();
    if (meta) return meta['secret'] === true;
    const def = inner.def as { innerType?: unknown; in?: unknown };
    inner = def.innerType ?? def.in;
  }
  return false;
}
