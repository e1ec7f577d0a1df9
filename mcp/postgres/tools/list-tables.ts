import { z } from 'zod';
import { type AnyTool, defineTool, ToolError } from '#mcp/kit.ts';
import type { Backend } from '../backend.ts';
import type { Session } from '../db/session.ts';
import { table } from '../text.ts';
import { countRows, type Countable } from './row-counts.ts';
import { database } from './query.ts';

/** A longer list of tables is cut; a schema narrows it. */
const maxTables = 300;

const kinds = { r: 'table', p: 'partitioned table', v: 'view', m: 'materialized view', f: 'foreign table' } as const;

const listSql = `
select c.oid::text as id, n.nspname as schema, c.relname as name, c.relkind as kind,
       greatest(c.reltuples, -1)::float8 as estimate, c.relpages as pages,
       c.relispopulated as populated,
       case when c.relkind in ('r', 'm') then pg_catalog.pg_total_relation_size(c.oid)
            when c.relkind = 'p' then (select sum(pg_catalog.pg_total_relation_size(t.relid))
                                         from pg_catalog.pg_partition_tree(c.oid) t) end::float8 as bytes,
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
      note: z.string().optional().describe('What was left out and how to get it'),
    }),
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async run(args, context) {
      const tables = await backend.session(context, args.database, (session) => readTables(session, args.schema));
      return answer(args.database ?? backend.mainDatabase, tables);
    },
  });
}

async function readTables(session: Session, schema: string | undefined): Promise<z.output<typeof tableShape>[]> {
  const rows = (await session.own(listSql, [schema ?? null])) as unknown as TableRow[];
  if (rows.length === 0 && schema !== undefined) await requireSchema(session, schema);
  const counts = await countRows(session, rows.slice(0, maxTables));
  const tables = rows.map((row) => {
    const counted = counts.get(row.id);
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
  return tables.toSorted((a, b) => (b.rows ?? -1) - (a.rows ?? -1) || (a.name < b.name ? -1 : 1));
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

function answer(name: string, all: z.output<typeof tableShape>[]) {
  const truncated = all.length > maxTables;
  const tables = all.slice(0, maxTables);
  const note = truncated
    ? `[cut: ${maxTables} tables shown, more exist; name a schema, or query pg_catalog.pg_class]`
    : undefined;
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
