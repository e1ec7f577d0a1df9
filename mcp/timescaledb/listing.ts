import { z } from 'zod';
import { type AnyTool, defineTool, ToolError, type ToolContext } from '#mcp/kit.ts';
import type { Backend } from '#mcp/postgres/backend.ts';
import type { Session } from '#mcp/postgres/db/session.ts';
import { table, type Cell } from '#mcp/rows.ts';

/** A longer list is cut. */
const maxRows = 200;

export const hypertable = z.string().min(1).describe('As timescale_list_hypertables shows it');

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
    await requireTimescale(session);
    const values = asked === undefined ? [null, null] : await place((text, given) => session.own(text, given), asked);
    return session.own(`${sql} limit ${maxRows + 1}`, values);
  });
}

/** @throws ToolError where the database is a plain PostgreSQL */
export async function requireTimescale(session: Pick<Session, 'own'>): Promise<void> {
  const [installed] = await session.own(`select extversion from pg_catalog.pg_extension where extname = 'timescaledb'`);
  if (installed) return;
  throw new ToolError('This database has no TimescaleDB. Tell the user that the operator must check TIMESCALE_URL.');
}

type Own = (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

/** Holds for hypertables that the role may read; a regclass of a schema that it may not use would be an error. */
export const readable = `exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = hypertable_schema and c.relname = hypertable_name
    and pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_any_column_privilege(c.oid, 'SELECT'))`;

/** The schema and the name of a hypertable that somebody names. @throws ToolError that offers the names */
export async function place(own: Own, asked: string): Promise<[schema: string, name: string]> {
  const all = await own(
    `select hypertable_schema::text as schema, hypertable_name::text as name from timescaledb_information.hypertables
      where ${readable} order by 1, 2 limit 5000`,
  );
  const tables = all.map(({ schema, name }) => ({ schema: String(schema), name: String(name) }));
  const full = ({ schema, name }: { schema: string; name: string }): string => `${schema}.${name}`;
  const spellings = [asked, asked.replaceAll('"', '')];
  const found = tables.filter((each) => spellings.some((text) => text === each.name || text === full(each)));
  const [only] = found;
  if (only && found.length === 1) return [only.schema, only.name];
  const called = JSON.stringify(asked.slice(0, 100));
  if (found.length > 1)
    throw new ToolError(`Several hypertables are called ${called}. Name one of ${found.map(full).join(', ')}.`);
  const names = tables.slice(0, 20).map(full);
  const offer = names.length > 0 ? `The hypertables are ${names.join(', ')}.` : 'There is none here.';
  throw new ToolError(
    `There is no hypertable ${called} that can be read. ${offer} Other tables and continuous aggregates are read with timescale_query.`,
  );
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
