import { grammarVersion } from './keywords.ts';
import { couldMean, judge, type FunctionFacts } from './rules.ts';
import { Refusal, type Uses } from './walk.ts';

/** Runs one of the guard's own statements in the transaction of the judged query. */
export type Lookup = (sql: string, values: unknown[]) => Promise<Record<string, unknown>[]>;

/** What the guard needs to judge a statement. */
export interface Guard {
  lookup: Lookup;
  /** Functions that the operator allows in addition: `name`, `schema.name` or `schema.*`. */
  allowed: ReadonlySet<string>;
  /** What the body of an SQL function may call. @throws Refusal unless every statement of it reads */
  parseBody(sql: string): Promise<Uses[]>;
}

/** How deep SQL functions may call each other before they are refused unread. */
const maxDepth = 4;

/** Sampling methods that PostgreSQL and its contrib modules bring. Another one runs code of its own. */
const samplers = new Set(['bernoulli', 'system', 'system_rows', 'system_time']);

/**
 * Everything that the names in a statement could run: functions by name, the functions behind operators that are not
 * built in, behind casts to a named type, and in the checks of a named domain. A name that is grammar to the parser
 * counts as a function where the server's own grammar lets it name one (catcode C and R cannot). A name that is a call
 * to the parser but grammar to a newer server shows as `grammar`: nobody here knows what it does.
 */
const lookupSql = `
with asked(via, oid) as (
  select 'function', p.oid from pg_catalog.pg_proc p where p.proname = any($1::name[])
  union all
  select 'keyword', p.oid from pg_catalog.pg_proc p
   where p.proname = any($4::name[])
     and not exists (select from pg_catalog.pg_get_keywords() k where k.word = p.proname and k.catcode in ('C', 'R'))
  union all
  select 'grammar ' || k.word, null from pg_catalog.pg_get_keywords() k
   where pg_catalog.current_setting('server_version_num')::int / 10000 > $5
     and k.word = any($1) and k.catcode in ('C', 'R') and k.word not in ('overlay', 'substring')
  union all
  select 'operator ' || o.oprname, o.oprcode::oid from pg_catalog.pg_operator o
   where o.oprname = any($2::name[]) and o.oid >= 16384
  union all
  select 'type ' || t.typname, c.castfunc from pg_catalog.pg_cast c join pg_catalog.pg_type t on t.oid = c.casttarget
   where t.typname = any($3::name[]) and c.oid >= 16384 and c.castfunc <> 0
  union all
  select 'type ' || t.typname, d.refobjid from pg_catalog.pg_type t
    join pg_catalog.pg_constraint k on k.contypid = t.oid
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_constraint'::regclass and d.objid = k.oid
     and d.refclassid = 'pg_catalog.pg_proc'::regclass
   where t.typname = any($3::name[])
)
select a.via, n.nspname as schema, p.proname as name, p.oid < 16384 as builtin,
       n.nspname = any(pg_catalog.current_schemas(true)) as "onPath",
       p.provolatile as volatility, p.prosecdef as definer, p.prokind as kind,
       p.pronargs as args, p.pronargdefaults as defaults, p.provariadic <> 0 as variadic,
       coalesce(f.typtype in ('c', 'p', 'd'), false) as "takesRow", l.lanname as language, e.extname as extension,
       p.proconfig is not null as "setsConfig",
       case when l.lanname = 'sql' and p.oid >= 16384 then p.prosrc end as body
  from asked a
  left join pg_catalog.pg_proc p on p.oid = a.oid
  left join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  left join pg_catalog.pg_language l on l.oid = p.prolang
  left join pg_catalog.pg_type f on f.oid = p.proargtypes[0]
  left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
   and d.refclassid = 'pg_catalog.pg_extension'::regclass
  left join pg_catalog.pg_extension e on e.oid = d.refobjid`;

/**
 * Judges what a statement calls, by the catalogue of the database it will run in. A name is refused when any function
 * that PostgreSQL could choose for it is refused.
 *
 * What a view, a policy or an implicit cast calls is not looked at: the owner of the database made those, and the role
 * and the read-only transaction bound them.
 * @throws Refusal with the name and the reason
 */
export async function checkUses(uses: Uses, guard: Guard, depth = 0): Promise<void> {
  checkNames(uses);
  const functions = distinct(uses.functions.map((use) => use.name));
  const operators = distinct(uses.operators.map((use) => use.name));
  // PostgreSQL takes a call such as mydomain('x') for a cast when no function has that name.
  const types = distinct([...uses.types.map((use) => use.name), ...functions, ...uses.keywords]);
  if (operators.length + types.length === 0) return;
  const values = [functions, operators, types, distinct(uses.keywords), grammarVersion];
  const found = (await guard.lookup(lookupSql, values)) as unknown as (FunctionFacts & { via: string })[];
  for (const { via, ...facts } of found) {
    if (via.startsWith('grammar ')) throw new Refusal(unknownGrammar(via.slice('grammar '.length)));
    if (via === 'keyword' && !facts.onPath) continue;
    if (via === 'function' && !uses.functions.some((use) => couldMean(use, facts))) continue;
    await checkFunction({ ...facts, extension: facts.extension ?? undefined }, via, guard, depth);
  }
}

async function checkFunction(facts: FunctionFacts, via: string, guard: Guard, depth: number): Promise<void> {
  const verdict = judge(facts, guard.allowed);
  if (verdict.kind === 'allowed') return;
  const what =
    via === 'function' || via === 'keyword' ? `The function ${facts.name}` : `The ${via} (function ${facts.name})`;
  const advice = 'Write the query without it, or ask the user to have the operator allow it.';
  if (verdict.kind === 'refused') throw new Refusal(`${what} is refused: ${verdict.because}. ${advice}`);
  if (depth >= maxDepth) throw new Refusal(`${what} is refused: it calls too deep. ${advice}`);
  try {
    for (const uses of await guard.parseBody(verdict.sql)) await checkUses(uses, guard, depth + 1);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(`${what} is refused for what it does: ${error.message}`, { cause: error });
  }
}

function unknownGrammar(name: string): string {
  return `${name}(…) is refused: this server is newer than PostgreSQL ${grammarVersion}, by whose grammar queries are judged, and reads it in a way that is not known here. Write the query without it.`;
}

function checkNames(uses: Uses): void {
  for (const { schema, name } of [...uses.functions, ...uses.operators, ...uses.types]) {
    if (schema?.startsWith('pg_temp'))
      throw new Refusal(`${schema}.${name} is refused: nothing temporary can be used here.`);
  }
  for (const { name } of uses.samplers) {
    if (!samplers.has(name)) throw new Refusal(`TABLESAMPLE ${name} is refused; use BERNOULLI or SYSTEM.`);
  }
}

function distinct(names: string[]): string[] {
  return [...new Set(names)];
}
