/** How many of each are shown; a table may have 1,600 columns and any number of partitions. */
export const maxColumns = 250;
export const maxItems = 50;

/** A definition longer than this is cut. */
const maxDefinition = 600;
const maxView = 8_000;

const shortened = (expression: string, length = maxDefinition) =>
  `case when pg_catalog.length(${expression}) > ${length} then pg_catalog.left(${expression}, ${length}) || '...' else ${expression} end`;

const relation = (oid: string) =>
  `(select pg_catalog.format('%I.%I', n.nspname, c.relname) from pg_catalog.pg_class c
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = ${oid})`;

/** $1 is the number of the table in all of these. */
export const aboutSql = `
select c.relkind as kind, pg_catalog.left(pg_catalog.obj_description(c.oid, 'pg_class'), 1000) as comment,
       c.relispartition as "isPartition", c.relrowsecurity as "hasPolicies",
       pg_catalog.row_security_active(c.oid) as "policiesHold",
       (select count(*)::int from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
         as columns
  from pg_catalog.pg_class c where c.oid = $1::oid`;

export const columnsSql = `
select a.attname as name, pg_catalog.format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
       case when a.attidentity = 'a' then 'IDENTITY' when a.attidentity = 'd' then 'IDENTITY BY DEFAULT'
            when a.attgenerated = 's' then 'GENERATED: ' || d.text
            when a.attgenerated <> '' then 'GENERATED WHEN READ: ' || d.text
            else d.text end as default,
       pg_catalog.left(pg_catalog.col_description(a.attrelid, a.attnum), 500) as comment,
       pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT') as readable
  from pg_catalog.pg_attribute a
  left join lateral (select ${shortened('e.text', 300)} as text from pg_catalog.pg_attrdef d
    cross join lateral (select pg_catalog.pg_get_expr(d.adbin, d.adrelid) as text) e
    where d.adrelid = a.attrelid and d.adnum = a.attnum) d on true
 where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped order by a.attnum limit ${maxColumns}`;

export const keySql = `
select a.attname as name from pg_catalog.pg_constraint k
  cross join lateral unnest(k.conkey) with ordinality as c(num, place)
  join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = c.num
 where k.conrelid = $1::oid and k.contype = 'p' order by c.place`;

/** PostgreSQL 18 also lists NOT NULL here (contype n), but the columns already say that. */
export const constraintsSql = `
select k.conname as name, ${shortened('pg_catalog.pg_get_constraintdef(k.oid)')} as definition
  from pg_catalog.pg_constraint k
 where k.conrelid = $1::oid and k.contype in ('f', 'u', 'c', 'x') order by k.contype desc, k.conname limit ${maxItems + 1}`;

export const referencesSql = `
select k.conname as name, ${relation('k.conrelid')} || ': ' || ${shortened('pg_catalog.pg_get_constraintdef(k.oid)')} as definition
  from pg_catalog.pg_constraint k
 where k.confrelid = $1::oid and k.contype = 'f' and k.conparentid = 0 order by 2 limit ${maxItems + 1}`;

export const indexesSql = `
select c.relname as name, ${shortened('pg_catalog.pg_get_indexdef(i.indexrelid)')}
         || case when i.indisvalid then '' else ' (not valid, so not used)' end as definition
  from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
 where i.indrelid = $1::oid order by i.indisprimary desc, c.relname limit ${maxItems + 1}`;

/** Types of the columns that are not built in, with what they are made of: enums, domains, rows, ranges. */
export const typesSql = `
with recursive near(oid) as (
  select a.atttypid from pg_catalog.pg_attribute a where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped
  union
  select part.oid from near join pg_catalog.pg_type t on t.oid = near.oid and t.oid >= 16384
   cross join lateral (
     select t.typbasetype as oid union all select t.typelem
     union all select r.rngsubtype from pg_catalog.pg_range r where t.oid in (r.rngtypid, r.rngmultitypid)
     union all select a.atttypid from pg_catalog.pg_attribute a
                where a.attrelid = t.typrelid and t.typtype = 'c' and a.attnum > 0 and not a.attisdropped
   ) part where part.oid <> 0
)
select pg_catalog.format_type(t.oid, null) as name, case t.typtype
    when 'e' then 'enum: ' || (select ${shortened('e.text')} from (
      select string_agg(pg_catalog.quote_literal(l.enumlabel), ', ' order by l.enumsortorder) as text
        from pg_catalog.pg_enum l where l.enumtypid = t.oid) e)
    when 'd' then 'domain over ' || pg_catalog.format_type(t.typbasetype, t.typtypmod)
      || case when t.typnotnull then ' NOT NULL' else '' end || coalesce(' DEFAULT ' || t.typdefault, '')
      || coalesce((select ' ' || ${shortened('k.text')} from (
           select string_agg(pg_catalog.pg_get_constraintdef(k.oid), ' ' order by k.conname) as text
             from pg_catalog.pg_constraint k where k.contypid = t.oid and k.contype = 'c') k), '')
    when 'c' then 'row of (' || (select ${shortened('f.text')} from (
      select string_agg(a.attname || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum) as text
        from pg_catalog.pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) f) || ')'
    when 'r' then 'range of ' || (select pg_catalog.format_type(r.rngsubtype, null) from pg_catalog.pg_range r where r.rngtypid = t.oid)
  end as definition
  from near join pg_catalog.pg_type t on t.oid = near.oid
 where t.oid >= 16384 and t.typtype in ('e', 'd', 'c', 'r') order by 1 limit ${maxItems + 1}`;

export const viewSql = `
select ${shortened('v.text', maxView)} as definition
  from (select pg_catalog.pg_get_viewdef($1::oid, true) as text) v`;

/** The key of a partitioned table, and what a table is a part of. */
export const partitionSql = `
select pg_catalog.pg_get_partkeydef($1::oid) as key,
       (select ${relation('i.inhparent')} from pg_catalog.pg_inherits i where i.inhrelid = $1::oid order by i.inhseqno limit 1) as parent,
       (select pg_catalog.pg_get_expr(c.relpartbound, c.oid) from pg_catalog.pg_class c where c.oid = $1::oid) as bounds,
       (select count(*)::int from pg_catalog.pg_inherits i where i.inhparent = $1::oid) as children`;

export const childrenSql = `
select ${relation('i.inhrelid')} as name,
       coalesce(${shortened('pg_catalog.pg_get_expr(c.relpartbound, c.oid)')}, 'inherits') as definition
  from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
 where i.inhparent = $1::oid order by c.relname limit ${maxItems + 1}`;

export const foreignSql = `
select s.srvname as server, w.fdwname as wrapper from pg_catalog.pg_foreign_table f
  join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
  join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw where f.ftrelid = $1::oid`;
