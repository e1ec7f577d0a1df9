import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { OperatorError, errorText } from './errors.ts';

/** Facts about a variable beyond its type, given with `.meta()`. */
export interface VariableMeta {
  /** What it is for, one line; goes into `.env.example`. */
  description?: string;
  /** It may also come from the file that `NAME_FILE` names; it is never printed. */
  secret?: boolean;
  /** An example value for the error line and `.env.example`. */
  example?: string;
}

export type Environment = Record<string, string | undefined>;

/** This process' environment, for variables that only servers.json names and no schema knows. */
export function environment(): Environment {
  return process.env;
}

/** The process' environment, for callers that lay it over other values. Nothing else touches it. */
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
  const found: Record<string, Found> = {};
  const problems: string[] = [];
  for (const name of Object.keys(schema.shape)) {
    try {
      found[name] = readVariable(name, variableMeta(schema, name), env);
    } catch (error) {
      problems.push(errorText(error));
    }
  }
  const raw = Object.entries(found).flatMap(([name, { value }]) => (value === '' ? [] : [[name, value] as const]));
  const parsed = schema.safeParse(Object.fromEntries(raw), { error: inWords });
  if (!parsed.success) {
    const wrong = parsed.error.issues.filter(({ path }) => path[0] === undefined || found[String(path[0])]);
    problems.push(...wrong.map((issue) => problemLine(schema, issue, found)));
  }
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
  return parsed.data as z.output<S>;
}

/** The meta of one variable, found inside its optional, default and transform wrappers. */
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

/** The value of one variable, '' when it is not set, and the file that it was read from. */
interface Found {
  value: string;
  file?: string;
}

function readVariable(name: string, meta: VariableMeta, env: Environment): Found {
  const direct = env[name];
  if (direct !== undefined && direct !== '') return { value: direct };
  const file = meta.secret ? env[`${name}_FILE`] : undefined;
  if (file === undefined || file === '') return { value: '' };
  try {
    return { value: readFileSync(file, 'utf8').replace(/\r?\n$/, ''), file };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new Error(`${name}_FILE: cannot read ${file} (${code}). Mount the secret there or set ${name}.`, {
      cause: error,
    });
  }
}

/**
 * The value of a variable that may come from the file that `NAME_FILE` names; undefined when it is not set. Throws
 * Error when that file cannot be read.
 */
export function readSecret(name: string, env: Environment): string | undefined {
  return readVariable(name, { secret: true }, env).value || undefined;
}

/** Where variables are set: npm start and docker compose read both. */
const where = 'in .env or in the environment';

function problemLine(schema: z.ZodObject, issue: z.core.$ZodIssue, found: Record<string, Found>): string {
  const name = String(issue.path[0] ?? '');
  const meta = name ? variableMeta(schema, name) : {};
  const { value, file } = found[name] ?? { value: '' };
  const purpose = meta.description ? ` ${name}: ${meta.description}.` : '';
  const hint = `${purpose}${meta.example ? ` Example: ${name}=${meta.example}` : ''}`;
  if (value === '' && issue.code !== 'custom') {
    const unset = file === undefined ? 'is not set' : `is not set: the file ${file} (${name}_FILE) is empty`;
    return `${name} ${unset}. Set ${name} ${where}${meta.secret ? `, or ${name}_FILE` : ''}.${hint}`;
  }
  const shown = value === '' || meta.secret ? '' : ` ${JSON.stringify(value)}`;
  const source = file === undefined ? '' : ` (from the file ${file})`;
  return `${name}${shown}${source}: ${issue.message}. Set it ${where}.${hint}`;
}

/** What is wrong with a value, for people; `undefined` leaves the words to zod. A schema's own message comes first. */
function inWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'number') return 'must be a number';
      return issue.expected === 'int' ? 'must be a whole number' : undefined;
    case 'too_small':
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${size(issue.origin, issue.minimum)}`;
    case 'too_big':
      return `must be at most ${size(issue.origin, issue.maximum)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return issue.format === 'url' ? 'must be an address that begins with http:// or https://' : undefined;
    default:
      return undefined;
  }
}

function size(origin: string, amount: number | bigint): string {
  return origin === 'string' ? `${amount} characters long` : String(amount);
}

/** An address of HTTP. `localhost:4000` is none, though it is a URL. */
export function httpUrl(): z.ZodURL {
  return z.url({ protocol: /^https?$/ });
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

/** What the parts of a list must look like, and that in words. */
interface ListShape {
  part: RegExp;
  words: string;
}

/** Ids of Discord. A name would match nobody, so that what it should keep away comes in. */
export const ids: ListShape = {
  part: /^\d+$/,
  words: 'must be ids, which are numbers, not names: in Discord switch on Developer Mode, right-click, Copy ID',
};

/** What browsers send as Origin; extensions and apps have schemes of their own. */
export const origins: ListShape = {
  part: /^[a-z][a-z\d+.-]*:\/\/[^/\s]+$/,
  words: 'must be addresses without a path, such as https://chat.example.org',
};

export const hostNames: ListShape = {
  part: /^[^/\s]+$/,
  words: 'must be host names, without http:// and without a path',
};

/** A comma- or space-separated list; empty by default. Each part must have the shape, where one is given. */
export function list(defaultValue = '', { part, words }: Partial<ListShape> = {}) {
  return z
    .string()
    .default(defaultValue)
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .refine((parts) => part === undefined || parts.every((each) => part.test(each)), words);
}
