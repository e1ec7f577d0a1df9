import type { Lookup } from './guard.ts';
import type { NameUse } from './uses.ts';

/** SQL that PostgreSQL runs when a statement reads a relation: the query of a view, the condition of a policy. */
export interface HiddenSql {
  /** Number of the relation. */
  id: string;
  /** What it is, for people: `The view public.v`. */
  what: string;
  kind: 'view' | 'policy';
  sql: string;
  /** The role whose policies hold for the relations of a view; null when it is the reader. */
  as: string | null;
}

/**
 * What extensions and PostgreSQL itself bring is not looked at. Policies count where row-level security holds for who
 * reads: the session's role ($3 is null), or the owner of the view in between.
 */
const hiddenSql = `
with read as (
  select c.oid, c.relkind, c.relowner, c.relrowsecurity, c.relforcerowsecurity, c.reloptions,
         pg_catalog.format('%I.%I', n.nspname, c.relname) as name
    from unnest($1::name[], $2::name[]) as r(schema, name)
    join pg_catalog.pg_class c on c.relname = r.name and c.oid >= 16384
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     and (n.nspname = r.schema or r.schema is null and pg_catalog.pg_table_is_visible(c.oid))
   where not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass
                      and d.objid = c.oid and d.deptype = 'e')
)
select read.oid::text as id, 'The view ' || read.name as what, 'view' as kind,
       pg_catalog.pg_get_viewdef(read.oid) as sql,
       case when exists (select from unnest(read.reloptions) o where o ~* '^security_invoker=(true|on|yes|1)')
            then $3::text else read.relowner::text end as "as"
  from read where read.relkind = 'v'
union all
select read.oid::text, pg_catalog.format('The policy %I of %s', p.polname, read.name), 'policy',
       'SELECT ' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ' FROM ' || read.name, $3::text
  from read join pg_catalog.pg_policy p on p.polrelid = read.oid and p.polcmd in ('r', '*') and p.polqual is not null
  join pg_catalog.pg_roles who on case when $3::text is null then who.rolname = current_user
                                       else who.oid = $3::text::oid end
 where read.relrowsecurity and not who.rolsuper and not who.rolbypassrls
   and (read.relforcerowsecurity or not pg_catalog.pg_has_role(who.oid, read.relowner, 'USAGE'))
   and exists (select from unnest(p.polroles) r(oid)
                where r.oid = 0 or pg_catalog.pg_has_role(who.oid, r.oid, 'USAGE'))`;

export async function hiddenIn(relations: readonly NameUse[], as: string | null, lookup: Lookup): Promise<HiddenSql[]> {
  if (relations.length === 0) return [];
  const values = [relations.map(({ schema }) => schema ?? null), relations.map(({ name }) => name), as];
  return (await lookup(hiddenSql, values)) as unknown as HiddenSql[];
}
