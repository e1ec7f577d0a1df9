import type { Session } from '../db/session.ts';
import type { FoundTable } from './find-table.ts';

interface NamedDefinition {
  name: string;
  definition: string;
}

export interface Description {
  schema: string;
  name: string;
  kind: string;
  comment: string | null;
  columns: { name: string; type: string; nullable: boolean; default: string | null; comment: string | null }[];
  primary_key: string[];
  constraints: NamedDefinition[];
  referenced_by: NamedDefinition[];
  indexes: NamedDefinition[];
}

const tableSql = `
select case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
         when 'm' then 'materialized view' else 'foreign table' end as kind,
       pg_catalog.left(pg_catalog.obj_description(c.oid, 'pg_class'), 1000) as comment
  from pg_catalog.pg_class c where c.oid = $1::oid`;

const columnsSql = `
select a.attname as name, pg_catalog.format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
       case when a.attidentity <> '' then 'IDENTITY'
            when a.attgenerated <> '' then 'GENERATED: ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid)
            else pg_catalog.pg_get_expr(d.adbin, d.adrelid) end as default,
       pg_catalog.left(pg_catalog.col_description(a.attrelid, a.attnum), 500) as comment
  from pg_catalog.pg_attribute a left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
 where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped order by a.attnum`;

const keySql = `
select a.attname as name from pg_catalog.pg_constraint k
  cross join lateral unnest(k.conkey) with ordinality as c(num, place)
  join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = c.num
 where k.conrelid = $1::oid and k.contype = 'p' order by c.place`;

/** PostgreSQL 18 also lists NOT NULL here (contype n), but the columns already say that. */
const constraintsSql = `
select k.conname as name, pg_catalog.pg_get_constraintdef(k.oid) as definition from pg_catalog.pg_constraint k
 where k.conrelid = $1::oid and k.contype in ('f', 'u', 'c', 'x') order by k.contype desc, k.conname limit 100`;

const referencesSql = `
select k.conname as name, k.conrelid::regclass::text || ': ' || pg_catalog.pg_get_constraintdef(k.oid) as definition
  from pg_catalog.pg_constraint k
 where k.confrelid = $1::oid and k.contype = 'f' and k.conparentid = 0 order by 2 limit 100`;

const indexesSql = `
select c.relname as name, pg_catalog.pg_get_indexdef(i.indexrelid) as definition
  from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
 where i.indrelid = $1::oid order by i.indisprimary desc, c.relname limit 100`;

/** Reads everything about a table from the catalogue; views and tables alike. */
export async function describe(session: Session, found: FoundTable): Promise<Description> {
  const read = async <T>(sql: string) => (await session.own(sql, [found.id])) as unknown as T[];
  const [about] = await read<{ kind: string; comment: string | null }>(tableSql);
  const key = await read<{ name: string }>(keySql);
  return {
    schema: found.schema,
    name: found.name,
    kind: about?.kind ?? 'table',
    comment: about?.comment ?? null,
    columns: await read(columnsSql),
    primary_key: key.map((column) => column.name),
    constraints: await read(constraintsSql),
    referenced_by: await read(referencesSql),
    indexes: await read(indexesSql),
  };
}
