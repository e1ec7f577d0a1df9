import { z } from 'zod';
import { type AnyTool, defineTool, ToolError, type ToolContext } from '#mcp/kit.ts';
import type { Backend } from '#mcp/postgres/backend.ts';
import { table, type Cell } from '#mcp/rows.ts';

/** A longer list is cut. */
const maxRows = 200;

export const hypertable = z
  .string()
  .min(1)
  .describe('As timescale_list_hypertables shows it; with its schema where needed');

const output = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))),
  truncated: z.boolean(),
  note: z.string().optional(),
});

export interface Listing<Input extends z.ZodObject> {
  name: string;
  title: string;
  description: string;
  input: Input;
  /** Our own statement, which takes the schema and the name of the hypertable, or nothing. It brings one row more than is shown. */
  sql: string;
  /** What is said where there are no rows. */
  none: string;
}

/** A tool that shows the rows of one statement of ours over TimescaleDB's own views. */
export function listing<Input extends z.ZodObject>(backend: Backend, each: Listing<Input>): AnyTool {
  return defineTool({
    name: each.name,
    title: each.title,
    description: each.description,
    input: each.input,
    output,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async run(args, context) {
      const asked = (args as { hypertable?: string }).hypertable;
      const rows = await rowsOf(backend, context, each.sql, asked);
      return answer(rows, each.none);
    },
  });
}

async function rowsOf(
  backend: Backend,
  context: ToolContext,
  sql: string,
  asked: string | undefined,
): Promise<Record<string, unknown>[]> {
  return backend.session(context, undefined, async (session) => {
    const [installed] = await session.own(
      `select extversion from pg_catalog.pg_extension where extname = 'timescaledb'`,
    );
    if (!installed)
      throw new ToolError(
        'This database has no TimescaleDB. Tell the user that the operator must check TIMESCALE_URL.',
      );
    const values = asked === undefined ? [null, null] : await place((text, given) => session.own(text, given), asked);
    return session.own(`${sql} limit ${maxRows + 1}`, values);
  });
}

type Own = (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

/** The schema and the name of a hypertable that somebody names. @throws ToolError that offers the names */
export async function place(own: Own, asked: string): Promise<[schema: string, name: string]> {
  const all = await own(
    'select hypertable_schema as schema, hypertable_name as name from timescaledb_information.hypertables order by 1, 2 limit 500',
  );
  const plain = asked.replaceAll('"', '');
  const found = all.filter(({ schema, name }) => [String(name), `${String(schema)}.${String(name)}`].includes(plain));
  const [only] = found;
  if (only && found.length === 1) return [String(only['schema']), String(only['name'])];
  const names = all.slice(0, 20).map(({ schema, name }) => `${String(schema)}.${String(name)}`);
  const offer = names.length > 0 ? `The hypertables are ${names.join(', ')}.` : 'There is none here.';
  throw new ToolError(`There is no hypertable ${JSON.stringify(asked.slice(0, 100))} that can be read. ${offer}`);
}

function answer(found: Record<string, unknown>[], none: string) {
  const truncated = found.length > maxRows;
  const shown = found.slice(0, maxRows);
  const columns = Object.keys(shown[0] ?? {});
  const rows = shown.map((row) => columns.map((column) => cellOf(row[column])));
  const note = truncated
    ? `[cut: first ${maxRows} shown; ask timescale_query about timescaledb_information for the rest]`
    : undefined;
  const body = rows.length > 0 ? table(columns, rows) : none;
  return {
    data: { columns, rows, truncated, ...(note === undefined ? {} : { note }) },
    text: note === undefined ? body : `${body}\n${note}`,
  };
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') return value;
  return JSON.stringify(value);
}
