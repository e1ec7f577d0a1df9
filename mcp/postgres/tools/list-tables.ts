import { z } from 'zod';
import { type AnyTool, defineTool, ToolError } from '#mcp/kit.ts';
import type { Backend } from '../backend.ts';
import { attempt } from '../db/attempt.ts';
import type { Session } from '../db/session.ts';
import { Refusal } from '../sql/uses.ts';
import { table } from '#mcp/rows.ts';
import { countRows, type Countable } from './row-counts.ts';
import { database } from './query.ts';

/** How many tables that could not be counted are named. */
const maxNamed = 10;

/** A longer list of tables is cut; a schema narrows it. */
const maxTables = 300;

const kinds = { r: 'table', p: 'partitioned table', v: 'view', m: 'materialized view', f: 'foreign table' } as const;

/** $1 the schema or null; $2 whether sizes are wanted. A table that is locked, or waited for, has no size: asking would wait. */
const listSql = `
with recursive locked as materialized (
  select l.relation as oid from pg_catalog.pg_locks l
   where l.mode = 'AccessExclusiveLock' and l.relation is not null
     and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
), tree(root, oid) as (
  select c.oid, c.oid from pg_catalog.pg_class c where c.relkind = 'p' and not c.relispartition
  union all select tree.root, i.inhrelid from tree join pg_catalog.pg_inherits i on i.inhparent = tree.oid
)
select c.oid::text as id, n.nspname as schema, c.relname as name, c.relkind as kind,
       greatest(c.reltuples, -1)::float8 as estimate, c.relpages as pages,
       c.relispopulated as populated, pg_catalog.row_security_active(c.oid) as policies,
       case when not $2::bool or c.oid in (select oid from locked) then null
            when c.relkind in ('r', 'm') then pg_catalog.pg_total_relation_size(c.oid)
            when c.relkind = 'p' then (select sum(pg_catalog.pg_total_relation_size(t.oid)) from tree t
                                        where t.root = c.oid and t.oid not in (select oid from locked)) end::float8 as bytes,
       pg_catalog.left(pg_catalog.obj_description(c.oid, 'pg_class'), 500) as comment
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
   and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
   and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass
                    and d.objid = c.oid and d.deptype = 'e')
   and ($1::text is null or n.nspname = $1)
   and pg_catalog.has_schema_privilege(n.oid, 'USAGE')
   and (pg_catalog.has_table_privilege(c.oid, 'SELECT') or pg_catalog.has_any_column_privilege(c.oid, 'SELECT'))
 order by bytes desc nulls last, n.nspname, c.relname
 limit ${maxTables + 1}`;

interface TableRow extends Countable {
  kind: keyof typeof kinds;
  /** Row-level security decides which rows this role sees. */
  policies: boolean;
  bytes: number | null;
  comment: string | null;
}

const tableShape = z.object({
  schema: z.string(),
  name: z.string(),
  kind: z.string(),
  rows: z.int().nullable().describe('How many rows; null where it is not known (views, tables never analyzed)'),
  rows_exact: z.boolean().describe('True when rows were counted, false when PostgreSQL estimates them'),
  bytes: z.number().nullable().describe('On disk, with indexes'),
  comment: z.string().nullable(),
});

/** `postgres_list_tables`: the tables that can be read, with row counts, those with most rows first. */
export function listTables(backend: Backend): AnyTool {
  return defineTool({
    name: 'postgres_list_tables',
    title: 'List PostgreSQL tables',
    description:
      'Lists the tables and views that can be read, with row counts (exact for all but large tables), sizes and comments; most rows first. Start here to learn what a database holds.',
    input: z.object({ database, schema: z.string().min(1).optional().describe('Only this schema; all when absent') }),
    output: z.object({
      database: z.string(),
      tables: z.array(tableShape),
      truncated: z.boolean(),
      note: z.string().optional().describe('What was left out or is not known, and how to get it'),
    }),
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async run(args, context) {
      const found = await backend.session(context, args.database, (session) =>
        readTables(session, args.schema, (table) => backend.judgeTable(context, session, table)),
      );
      return answer(args.database ?? backend.mainDatabase, found);
    },
  });
}

interface Found {
  tables: z.output<typeof tableShape>[];
  /** What could not be found out, in sentences. */
  notes: string[];
}

type Judge = (table: TableRow) => Promise<void>;

async function readTables(session: Session, schema: string | undefined, judge: Judge): Promise<Found> {
  const read = async (sizes: boolean) => (await session.own(listSql, [schema ?? null, sizes])) as unknown as TableRow[];
  const sized = await attempt(session, () => read(true), session.timeoutMs / 2);
  const rows = 'value' in sized ? sized.value : await read(false);
  if (rows.length === 0 && schema !== undefined) await requireSchema(session, schema);
  const shown = rows.slice(0, maxTables);
  const refused = await refusedPolicies(shown, judge);
  const counts = await countRows(
    session,
    shown.filter((row) => !refused.has(row.id)),
  );
  const tables = rows.map((row) => {
    const counted = counts.rows.get(row.id);
    return {
      schema: row.schema,
      name: row.name,
      kind: kinds[row.kind],
      rows: counted ?? (row.estimate < 0 || row.kind === 'v' ? null : Math.round(row.estimate)),
      rows_exact: counted !== undefined,
      bytes: row.bytes,
      comment: row.comment,
    };
  });
  const problems = new Map([...counts.problems, ...refused]);
  const notes = 'value' in sized ? [] : [`[sizes are not known: ${sized.problem}]`];
  if (problems.size > 0) notes.push(uncounted(shown, problems));
  return { tables: tables.toSorted((a, b) => (b.rows ?? -1) - (a.rows ?? -1) || (a.name < b.name ? -1 : 1)), notes };
}

/** To count a table is to read it, so its policies run. */
async function refusedPolicies(rows: readonly TableRow[], judge: Judge): Promise<Map<string, string>> {
  const refused = new Map<string, string>();
  for (const row of rows) {
    if (!row.policies) continue;
    await judge(row).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
      refused.set(row.id, 'its policies call what is refused');
    });
  }
  return refused;
}

function uncounted(rows: readonly TableRow[], problems: ReadonlyMap<string, string>): string {
  const named = rows
    .filter((row) => problems.has(row.id))
    .map((row) => `${row.schema}.${row.name} (${problems.get(row.id)})`);
  const more = named.length > maxNamed ? ` and ${named.length - maxNamed} more` : '';
  return `[could not be counted: ${named.slice(0, maxNamed).join(', ')}${more}]`;
}

async function requireSchema(session: Session, schema: string): Promise<void> {
  const found = await session.own(
    `select nspname as name from pg_catalog.pg_namespace
      where nspname !~ '^pg_' and pg_catalog.has_schema_privilege(oid, 'USAGE') order by nspname limit 50`,
  );
  const names = found.map((row) => String(row['name']));
  if (names.includes(schema)) return;
  throw new ToolError(`There is no readable schema "${schema}". The schemas are: ${names.join(', ')}.`);
}

function answer(name: string, { tables: all, notes }: Found) {
  const truncated = all.length > maxTables;
  const tables = all.slice(0, maxTables);
  if (truncated)
    notes.push(`[cut: ${maxTables} tables shown, more exist; name a schema, or query pg_catalog.pg_class]`);
  const note = notes.length > 0 ? notes.join('\n') : undefined;
  const cells = tables.map((row) => [
    `${row.schema}.${row.name}`,
    row.kind,
    row.rows === null ? 'unknown' : row.rows_exact ? row.rows : `about ${row.rows}`,
    row.bytes,
    row.comment ?? '',
  ]);
  const body = tables.length > 0 ? table(['table', 'kind', 'rows', 'bytes', 'comment'], cells) : 'No readable tables.';
  return {
    data: { database: name, tables, truncated, ...(note ? { note } : {}) },
    text: `Database ${name}, ${tables.length} tables and views:\n${body}${note ? `\n${note}` : ''}`,
  };
}
