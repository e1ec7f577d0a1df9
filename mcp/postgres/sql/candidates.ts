/** The facts of each function that was asked for, for the rules. */
const facts = `
select a.via, a.what, a.oid::int8::float8 as oid, a.one::int8::float8 as one, a.two::int8::float8 as two, a.named, a.text,
       n.nspname as schema, p.proname as name, p.oid < 16384 as builtin,
       n.nspname = any(pg_catalog.current_schemas(true)) as "onPath",
       p.provolatile as volatility, p.prosecdef as definer, p.prokind as kind,
       p.pronargs as args, p.pronargdefaults as defaults, p.provariadic <> 0 as variadic,
       coalesce(f.typtype in ('c', 'p', 'd'), false) as "takesRow", l.lanname as language, e.extname as extension,
       p.proconfig is not null as "setsConfig",
       case when l.lanname = 'sql' and p.oid >= 16384 and p.prosrc <> '' then
         case when p.pronargdefaults > 0 then 'SELECT ' || pg_catalog.pg_get_expr(p.proargdefaults, 0) || '; ' else '' end
         || p.prosrc end as body
  from asked a
  left join pg_catalog.pg_proc p on p.oid = a.oid
  left join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  left join pg_catalog.pg_language l on l.oid = p.prolang
  left join pg_catalog.pg_type f on f.oid = p.proargtypes[0]
  left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
   and d.refclassid = 'pg_catalog.pg_extension'::regclass
  left join pg_catalog.pg_extension e on e.oid = d.refobjid`;

/**
 * What the names of functions in a statement could run. A name that is grammar to the parser counts as a function where
 * the server's own grammar lets it name one (catcode C and R cannot). A name that is a call to the parser but grammar to
 * a newer server shows as `grammar`: nobody here knows what it does. `made` tells that the database has operators, casts
 * or the like that are not built in, `hidden` that a relation has SQL of its own: most have not, and are judged sooner.
 *
 * $1 functions, $2 keywords, $3 the grammar's version, $4 and $5 schemas and names of relations.
 */
export const functionsSql = `
with asked(via, what, oid, one, two, named, text) as (
  select 'function', p.proname::text, p.oid, null::oid, null::oid, true, null
    from pg_catalog.pg_proc p where p.proname = any($1::name[])
  union all
  select 'keyword', p.proname, p.oid, null, null, true, null from pg_catalog.pg_proc p
   where p.proname = any($2::name[])
     and not exists (select from pg_catalog.pg_get_keywords() k where k.word = p.proname and k.catcode in ('C', 'R'))
  union all
  select 'grammar', k.word, null, null, null, true, null from pg_catalog.pg_get_keywords() k
   where pg_catalog.current_setting('server_version_num')::int / 10000 > $3
     and k.word = any($1) and k.catcode in ('C', 'R') and k.word not in ('overlay', 'substring')
  union all
  select 'hidden', '', null, null, null, true, null
   where exists (select from unnest($4::name[], $5::name[]) as r(schema, name)
                   join pg_catalog.pg_class c on c.relname = r.name and c.oid >= 16384
                  where c.relkind = 'v' or c.relrowsecurity)
  union all
  select 'made', '', null, null, null, true, null
   where exists (select from pg_catalog.pg_operator where oid >= 16384)
      or exists (select from pg_catalog.pg_cast where oid >= 16384 and castfunc <> 0)
      or exists (select from pg_catalog.pg_opclass where oid >= 16384)
      or exists (select from pg_catalog.pg_constraint where oid >= 16384 and contypid <> 0)
      or exists (select from pg_catalog.pg_range where rngtypid >= 16384 and (rngcanonical <> 0 or rngsubdiff <> 0))
)${facts}`;

/**
 * What a statement could run without calling it: the functions behind operators that are not built in (with those of
 * their opposites and of their operator families, which the planner may take instead), behind casts, in the checks of
 * domains, and behind the sorting of types.
 *
 * $1 functions, $2 operators, $3 types, $4 and $5 schemas and names of relations.
 */
export const implicitSql = `
with recursive near(oid, named) as (
  select t.oid, true from pg_catalog.pg_type t where t.typname = any($3::name[])
  union
  select a.atttypid, false from unnest($4::name[], $5::name[]) as r(schema, name)
    join pg_catalog.pg_class c on c.relname = r.name
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace and (r.schema is null or n.nspname = r.schema)
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  union
  select p.type, true from (select unnest(f.prorettype || coalesce(f.proallargtypes, f.proargtypes::oid[])) as type
                             from pg_catalog.pg_proc f where f.proname = any($1::name[]) and f.oid >= 16384) p
  union
  select part.oid, near.named from near join pg_catalog.pg_type t on t.oid = near.oid
   cross join lateral (
     select t.typbasetype as oid union all select t.typelem
     union all select a.atttypid from pg_catalog.pg_attribute a
                where a.attrelid = t.typrelid and t.typrelid <> 0 and a.attnum > 0 and not a.attisdropped
     union all select r.rngsubtype from pg_catalog.pg_range r where t.oid in (r.rngtypid, r.rngmultitypid)
   ) part where part.oid <> 0
), own(oid, named) as (select oid, bool_or(named) from near where oid >= 16384 group by oid
), asked(via, what, oid, one, two, named, text) as (
  select 'operator', o.oprname::text, f.oid, o.oprleft, o.oprright, true, o.oid::text from pg_catalog.pg_operator o
   cross join lateral (
     select x.oprcode::oid as oid from pg_catalog.pg_operator x where x.oid in (o.oid, o.oprcom, o.oprnegate)
     union select s.amproc::oid from pg_catalog.pg_amop m join pg_catalog.pg_amproc s on s.amprocfamily = m.amopfamily
            where m.amopopr = o.oid
   ) f where o.oprname = any($2::name[]) and o.oid >= 16384
  union all
  select case c.castcontext when 'i' then 'implicit cast' else 'cast' end, pg_catalog.format_type(c.casttarget, null),
         c.castfunc, c.castsource, c.casttarget, true, null
    from pg_catalog.pg_cast c where c.oid >= 16384 and c.castfunc <> 0
  union all
  select 'domain', t.typname, null, t.oid, null, own.named, pg_catalog.pg_get_expr(k.conbin, 0)
    from own join pg_catalog.pg_type t on t.oid = own.oid join pg_catalog.pg_constraint k on k.contypid = t.oid
   where k.contype = 'c'
  union all
  select 'range', t.typname, f.oid, t.oid, null, own.named, null
    from own join pg_catalog.pg_type t on t.oid = own.oid
    join pg_catalog.pg_range r on t.oid in (r.rngtypid, r.rngmultitypid)
   cross join lateral (values (r.rngcanonical::oid), (r.rngsubdiff::oid)) f(oid) where f.oid <> 0
  union all
  select 'sorting', t.typname, f.oid, t.oid, null, true, null
    from own join pg_catalog.pg_type t on t.oid = own.oid
    join pg_catalog.pg_opclass oc on oc.opcintype = t.oid and oc.opcdefault
   cross join lateral (
     select s.amproc::oid as oid from pg_catalog.pg_amproc s where s.amprocfamily = oc.opcfamily
     union select x.oprcode from pg_catalog.pg_amop m join pg_catalog.pg_operator x on x.oid = m.amopopr
            where m.amopfamily = oc.opcfamily
   ) f
)${facts}`;
