import { ToolError } from '#mcp/kit.ts';
import type { Session } from '../db/session.ts';

export interface FoundTable {
  id: string;
  schema: string;
  name: string;
  onPath: boolean;
}

const anySql = `
select c.oid::text as id, n.nspname as schema, c.relname as name, pg_catalog.pg_table_is_visible(c.oid) as "onPath"
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p', 'v', 'm', 'f') and ($2::text is null or n.nspname = $2)`;

const findSql = `${anySql} and pg_catalog.has_schema_privilege(n.oid, 'USAGE')
   and (pg_catalog.has_table_privilege(c.oid, 'SELECT') or pg_catalog.has_any_column_privilege(c.oid, 'SELECT'))`;

/**
 * Finds a table by the name that people give it: `name`, `schema.name`, with or without double quotes, in the wrong
 * case.
 * @throws ToolError that offers the nearest names when no table fits, or more than one
 */
export async function findTable(session: Session, asked: string, schema: string | undefined): Promise<FoundTable> {
  for (const [name, inSchema] of readings(asked, schema)) {
    const found = await select(session, `${findSql} and c.relname = $1`, name, inSchema);
    const [first, ...others] = found.filter((table) => table.onPath).concat(found.filter((table) => !table.onPath));
    if (first && (others.length === 0 || first.onPath)) return first;
    if (first) throw new ToolError(`Several schemas have a table "${name}": ${full(found)}. Name the schema.`);
  }
  throw new ToolError((await unreadable(session, asked, schema)) ?? (await notFound(session, asked, schema)));
}

/** The possible readings of a name, the most literal first. */
function readings(asked: string, schema: string | undefined): [string, string | undefined][] {
  const all: [string, string | undefined][] = [[asked, schema]];
  const parts = asked.match(/^(?:("[^"]+"|[^".]+)\.)?("[^"]+"|[^".]+)$/);
  if (parts?.[2]) {
    const inSchema = parts[1] ? bare(parts[1]) : schema;
    all.push([bare(parts[2]), inSchema], [bare(parts[2]).toLowerCase(), inSchema?.toLowerCase()]);
  }
  return all;
}

function bare(part: string): string {
  return part.startsWith('"') ? part.slice(1, -1) : part;
}

async function select(session: Session, sql: string, name: string, schema: string | undefined): Promise<FoundTable[]> {
  return (await session.own(sql, [name, schema ?? null])) as unknown as FoundTable[];
}

/** A table of that name that the role may not read, which is something else than no table. */
async function unreadable(session: Session, asked: string, schema: string | undefined): Promise<string | undefined> {
  for (const [name, inSchema] of readings(asked, schema)) {
    const [first] = await select(session, `${anySql} and c.relname = $1 limit 1`, name, inSchema);
    if (first)
      return `The table ${full([first])} is there, but this tool's role may not read it. Use other tables (postgres_list_tables shows the readable ones) or tell the user that access is missing.`;
  }
  return undefined;
}

async function notFound(session: Session, asked: string, schema: string | undefined): Promise<string> {
  const word = (asked.split('.').at(-1) ?? asked).replaceAll('"', '').toLowerCase().replace(/s$/, '');
  const sql = `${findSql} and pg_catalog.strpos(pg_catalog.lower(c.relname), $1) > 0 and n.nspname !~ '^pg_' order by 3 limit 5`;
  const near = await select(session, sql, word, undefined);
  const where = schema === undefined ? '' : ` in the schema "${schema}"`;
  const hint = near.length > 0 ? ` Did you mean ${full(near)}?` : '';
  return `There is no readable table "${asked}"${where} in the database "${session.database}".${hint} Call postgres_list_tables for the names.`;
}

function full(tables: FoundTable[]): string {
  return tables.map((table) => `${table.schema}.${table.name}`).join(', ');
}
