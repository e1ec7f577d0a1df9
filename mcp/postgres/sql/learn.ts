import type { Lookup } from './guard.ts';
import { Types, type TypeFacts, type TypeId } from './type-facts.ts';
import type { NameUse, Uses } from './uses.ts';

/** A function or an operator that a name may stand for. */
export interface Callee {
  /** Number of the operator or function in its catalogue. */
  oid: number;
  schema: string;
  name: string;
  onPath: boolean;
  args: TypeId[];
  defaults: number;
  variadic: boolean;
  result: TypeId;
  builtin: boolean;
  /** Names and types of the columns that it makes in FROM. */
  columns: { name: string; type: TypeId }[];
}

/** What the catalogue knows of the names in a statement. */
export interface Knowledge {
  types: Types;
  functions: Callee[];
  operators: Callee[];
  columns: { relation: string; name: string; type: TypeId }[];
  /** A bare name is looked for in pg_catalog before any other schema, as long as the search path does not name it. */
  builtinFirst: boolean;
}

const columnsSql = `
select distinct c.relname as relation, a.attname as name, a.atttypid::int8::float8 as type from unnest($1::name[], $2::name[]) as r(schema, name)
  join pg_catalog.pg_class c on c.relname = r.name
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace and (r.schema is null or n.nspname = r.schema)
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and not a.attisdropped`;

const functionsSql = `
select p.oid::int8::float8 as oid, n.nspname as schema, p.proname as name,
       n.nspname = any(pg_catalog.current_schemas(true)) as "onPath",
       p.proargtypes::oid[]::int8[]::float8[] as args, p.pronargdefaults as defaults, p.provariadic <> 0 as variadic,
       p.prorettype::int8::float8 as result, p.oid < 16384 as builtin,
       coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object('name', o.name, 'type', o.type))
         from (select x.name, x.type::int8 as type
                 from unnest(p.proargnames, p.proallargtypes, p.proargmodes) as x(name, type, mode)
                where x.mode in ('o', 'b', 't')
               union all
               select a.attname, a.atttypid::int8 from pg_catalog.pg_type t
                 join pg_catalog.pg_attribute a on a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
                where t.oid = p.prorettype and t.typrelid <> 0) o), '[]') as columns
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
 where p.proname = any($1::name[])`;

const operatorsSql = `
select o.oid::int8::float8 as oid, n.nspname as schema, o.oprname as name,
       n.nspname = any(pg_catalog.current_schemas(true)) as "onPath",
       case when o.oprleft = 0 then array[o.oprright::int8::float8]
            else array[o.oprleft::int8::float8, o.oprright::int8::float8] end as args,
       0 as defaults, false as variadic, o.oprresult::int8::float8 as result, o.oid < 16384 as builtin,
       '[]'::json as columns
  from pg_catalog.pg_operator o join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
 where o.oprname = any($1::name[])`;

const castsSql = `
select c.castsource::int8::float8 as source, c.casttarget::int8::float8 as target
  from pg_catalog.pg_cast c where c.castcontext = 'i'`;

/** Built-in types, and of the others those that are named, given, or part of these. */
const typesSql = `
with recursive near(oid) as (
  select t.oid from pg_catalog.pg_type t where t.typname = any($1::name[]) or t.oid < 16384
  union select unnest($2::float8[])::int8::oid
  union
  select part.oid from near join pg_catalog.pg_type t on t.oid = near.oid
   cross join lateral (
     select t.typbasetype as oid union all select t.typelem union all select t.typarray
     union all select a.atttypid from pg_catalog.pg_attribute a
                where a.attrelid = t.typrelid and t.typrelid <> 0 and a.attnum > 0 and not a.attisdropped
     union all select r.rngsubtype from pg_catalog.pg_range r where t.oid in (r.rngtypid, r.rngmultitypid)
   ) part where part.oid <> 0 and t.oid >= 16384
)
select t.oid::int8::float8 as oid, n.nspname as schema, t.typname as name,
       n.nspname = any(pg_catalog.current_schemas(true)) as "onPath", t.typtype as kind, t.typcategory as category,
       t.typelem::int8::float8 as element, t.typbasetype::int8::float8 as base,
       case when t.oid < 16384 then '[]' else coalesce((
         select pg_catalog.json_agg(pg_catalog.json_build_object('name', p.name, 'type', p.type)) from (
           select a.attname as name, a.atttypid::int8 as type from pg_catalog.pg_attribute a
            where a.attrelid = t.typrelid and t.typrelid <> 0 and a.attnum > 0 and not a.attisdropped
           union select null, r.rngsubtype::int8 from pg_catalog.pg_range r where t.oid in (r.rngtypid, r.rngmultitypid)
         ) p), '[]') end as parts
  from near join pg_catalog.pg_type t on t.oid = near.oid join pg_catalog.pg_namespace n on n.oid = t.typnamespace`;

/** Reads all that `Reach` needs to know of the names in a statement. */
export async function learn(lookup: Lookup, uses: Uses): Promise<Knowledge> {
  const names = (all: readonly NameUse[]) => [...new Set(all.map((use) => use.name))];
  const read = async <T>(sql: string, values: unknown[]) => (await lookup(sql, values)) as unknown as T[];
  const relations = [uses.relations.map((use) => use.schema ?? null), uses.relations.map((use) => use.name)];
  const columns = await read<{ relation: string; name: string; type: TypeId }>(columnsSql, relations);
  const functions = await read<Callee>(functionsSql, [names(uses.functions)]);
  const operators = await read<Callee>(operatorsSql, [names(uses.operators)]);
  const casts = await read<{ source: TypeId; target: TypeId }>(castsSql, []);
  const met = [
    ...columns.map((column) => column.type),
    ...[...functions, ...operators].flatMap((callee) => [
      ...callee.args,
      callee.result,
      ...callee.columns.map((column) => column.type),
    ]),
    ...casts.flatMap((cast) => [cast.source, cast.target]),
  ];
  const typeNames = names([...uses.types, ...uses.functions, ...uses.casts.map((cast) => cast.to)]);
  const types = await read<TypeFacts>(typesSql, [typeNames, [...new Set(met)]]);
  const [path] = await read<{ schemas: string[] }>(`select pg_catalog.current_schemas(true)::text[] as schemas`, []);
  return {
    types: new Types(
      types,
      casts.map((cast) => [cast.source, cast.target] as const),
    ),
    functions,
    operators,
    columns,
    builtinFirst: path?.schemas.find((schema) => !schema.startsWith('pg_temp')) === 'pg_catalog',
  };
}
