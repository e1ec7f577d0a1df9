import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { OperatorError } from './errors.ts';

/** Facts about a variable beyond its type, given with `.meta()`. */
export interface VariableMeta {
  /** What it is for, one line; goes into `.env.example`. */
  description?: string;
  /** Read also from the file named by `NAME_FILE`; never printed. */
  secret?: boolean;
  /** An example value for the error line and `.env.example`. */
  example?: string;
}

export type Environment = Record<string, string | undefined>;

/** This process' environment, for variables that only a file names (servers.json) and no schema knows. */
export function environment(): Environment {
  return process.env;
}

/** The process' environment, for those who read it over something else: the one place that touches it. */
export function processEnvironment(): Environment {
  return process.env;
}

/** Wrong or missing configuration. The message has one line per variable: name, problem, fix. */
export class ConfigError extends OperatorError {
  constructor(lines: string[]) {
    super('config', lines.join('\n'));
  }
}

/**
 * Reads and checks a service's environment variables.
 * An empty value counts as not set. A variable marked secret may come from the file that `NAME_FILE` names.
 * Throws ConfigError that names every wrong variable.
 */
export function loadConfig<S extends z.ZodObject>(schema: S, env: Environment = process.env): z.output<S> {
  const raw: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of Object.keys(schema.shape)) {
    try {
      const value = readVariable(name, variableMeta(schema, name), env);
      if (value !== undefined) raw[name] = value;
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) problems.push(...parsed.error.issues.map((issue) => problemLine(schema, issue, raw)));
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
  return parsed.data as z.output<S>;
}

/** The meta of one variable, found through optional/default/transform wrappers. */
export function variableMeta(schema: z.ZodObject, name: string): VariableMeta {
  let type: unknown = schema.shape[name];
  while (type instanceof z.ZodType) {
    const meta = type.meta() as VariableMeta | undefined;
    if (meta) return meta;
    const def = type.def as { innerType?: unknown; in?: unknown };
    type = def.innerType ?? def.in;
  }
  return {};
}

function readVariable(name: string, meta: VariableMeta, env: Environment): string | undefined {
  const direct = env[name];
  if (direct !== undefined && direct !== '') return direct;
  const file = meta.secret ? env[`${name}_FILE`] : undefined;
  if (file === undefined || file === '') return undefined;
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new Error(`${name}_FILE: cannot read ${file} (${code}). Mount the secret there or set ${name}.`, {
      cause: error,
    });
  }
}

function problemLine(schema: z.ZodObject, issue: z.core.$ZodIssue, raw: Record<string, string>): string {
  const name = String(issue.path[0] ?? '');
  const meta = name ? variableMeta(schema, name) : {};
  const hint = meta.example
    ? ` Example: ${name}=${meta.example}`
    : meta.description
      ? ` ${name}: ${meta.description}.`
      : '';
  const value = raw[name];
  if (value === undefined && issue.code !== 'custom')
    return `${name} is not set. Set ${name}${meta.secret ? ` or ${name}_FILE` : ''}.${hint}`;
  const shown = value === undefined || meta.secret ? '' : ` ${JSON.stringify(value)}`;
  return `${name}${shown}: ${issue.message}.${hint}`;
}

/** A port number; 0 lets the system choose. */
export function port(defaultPort: number): z.ZodDefault<z.ZodCoercedNumber> {
  return z.coerce.number().int().min(0).max(65_535).default(defaultPort);
}

/** A whole number within bounds, with a default. */
export function integer(defaultValue: number, min: number, max: number): z.ZodDefault<z.ZodCoercedNumber> {
  return z.coerce.number().int().min(min).max(max).default(defaultValue);
}

/** A switch: 1/true/yes/on or 0/false/no/off. */
export function flag(defaultValue: boolean) {
  return z
    .string()
    .regex(/^(1|0|true|false|yes|no|on|off)$/i, 'must be on or off')
    .default(defaultValue ? 'on' : 'off')
    .transform((text) => /^(1|true|yes|on)$/i.test(text));
}

/** A comma- or space-separated list; empty by default. */
export function list(defaultValue = '') {
  return z
    .string()
    .default(defaultValue)
    .transform((text) => text.split(/[\s,]+/).filter(Boolean));
}

/** Variables that every service has. */
export const serviceVariables = {
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    .default('info')
    .meta({ description: 'How much is logged: trace, debug, info, warn, error or fatal' }),
  METRICS_PORT: port(9464).meta({ description: 'Port of /metrics, /healthz and /readyz' }),
  METRICS_HOST: z.string().default('0.0.0.0').meta({ description: 'Address that the metrics port listens on' }),
};

/** Variables of every service that speaks to Redis. */
export const redisVariables = {
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://')
    .default('redis://127.0.0.1:6379')
    .meta({ description: 'Where Redis is', secret: true, example: 'redis://:password@redis:6379' }),
};

/** The key that signs the tokens between worker and tool-runners. */
export const signingVariables = {
  DRAGOMAN_SIGNING_KEY: z.string().min(32, 'must have at least 32 characters').meta({
    description: 'Signs the tokens between worker and tool-runners; openssl rand -hex 32 makes one',
    secret: true,
  }),
};
