import { z } from 'zod';
import { translate, type Translated } from './dialects.ts';
import { isObject } from '#shared/ground/objects.ts';
import { variableReference } from './reference.ts';

const common = {
  /** Set to keep an entry without using it. */
  disabled: z.boolean().default(false),
  /**
   * Whether the server's tool annotations are believed. If not, its tools count as writing, whatever they say: MCP
   * calls the annotations of an untrusted server mere hints.
   */
  trustAnnotations: z.boolean().default(false),
  /**
   * On Compose, the network that the server's container gets besides that of the workers: `none` (what a command gets),
   * `internet` (what a remote one gets), or the name of a Docker network.
   */
  network: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]*$/, 'must be none, internet or the name of a Docker network')
    .optional(),
};

const stdioServer = z.object({
  ...common,
  type: z.literal('stdio').optional(),
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  /** All values of an entry may hold `${NAME}`, which is filled in from the runner's environment. */
  env: z.record(z.string(), z.string()).default({}),
  /** A file of further variables, in the format of `.env`; those of `env` take precedence. */
  envFile: z.string().optional(),
  cwd: z.string().optional(),
  /** One of Dragoman's own domains: served inside the runner's process instead of a child. */
  domain: z.string().optional(),
});

const remoteServer = z.object({
  ...common,
  /** Streamable HTTP, or the older HTTP+SSE. */
  type: z.enum(['http', 'sse']),
  url: z.string().refine(isWebAddress, 'must be an address such as https://host/mcp'),
  headers: z.record(z.string(), z.string()).default({}),
});

export type StdioServer = z.output<typeof stdioServer>;
export type RemoteServer = z.output<typeof remoteServer>;
export type ServerEntry = StdioServer | RemoteServer;

/** Whether an entry stands for one of Dragoman's own domains. */
export function isDomainEntry(entry: ServerEntry): boolean {
  return 'domain' in entry && entry.domain !== undefined;
}

/** What one entry of a list says. */
export interface EntryReading {
  /** Undefined when the entry is wrong or disabled. */
  entry?: ServerEntry;
  disabled: boolean;
  /** What is wrong with it. */
  problem?: string;
  /** A sentence for each thing that it says and that is not used here. */
  notes: string[];
}

/** Reads an entry that was written for us or for another client. */
export function readEntry(raw: unknown): EntryReading {
  if (!isObject(raw)) return { disabled: false, problem: 'must be an object with command or url', notes: [] };
  const { fields, disabled, notes, problem } = translate(raw);
  if (disabled) return { disabled, notes: [] };
  if (problem !== undefined) return { disabled, problem, notes };
  const parsed = ('url' in fields ? remoteServer : stdioServer).safeParse(fields);
  return parsed.success
    ? { entry: parsed.data, disabled, notes }
    : { disabled, problem: problemsOf(fields, parsed.error), notes };
}

function problemsOf(fields: Translated['fields'], error: z.ZodError): string {
  if (fields['command'] === undefined && fields['url'] === undefined) {
    const has = Object.keys(fields).map((key) => `"${key}"`);
    return `has neither command nor url${has.length > 0 ? `, but ${has.join(', ')}` : ''}`;
  }
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}

/** A URL with references cannot be judged before they are filled in. */
function isWebAddress(url: string): boolean {
  const sample = url.replaceAll(variableReference, 'x');
  const hasReference = sample !== url;
  return URL.canParse(sample) ? /^https?:/.test(sample) : hasReference;
}
