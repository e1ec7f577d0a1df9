import type { FunctionUse } from './uses.ts';

/** A function of the database's catalogue that a name in a statement may stand for. */
export interface FunctionFacts {
  schema: string;
  name: string;
  /** Made by initdb, not by a user or an extension. */
  builtin: boolean;
  /** Its schema is on the search path, so a bare name finds it. */
  onPath: boolean;
  volatility: 'i' | 's' | 'v';
  /** SECURITY DEFINER: the function runs with its owner's rights. */
  definer: boolean;
  /** `f` function, `a` aggregate, `w` window function, `p` procedure. */
  kind: string;
  args: number;
  defaults: number;
  variadic: boolean;
  /** Its first argument takes a row (composite, or a pseudo-type that rows fit). */
  takesRow: boolean;
  language: string;
  /** The extension that brought the function, if any. */
  extension: string | undefined;
  /** The function carries SET clauses of its own. */
  setsConfig: boolean;
  /** The body of an SQL function, after a SELECT of the defaults of its parameters. */
  body: string | undefined;
}

/** What the rules say of one function. `body` means that it is as safe as its SQL body, which must be looked at. */
export type Verdict = { kind: 'allowed' } | { kind: 'body'; sql: string } | { kind: 'refused'; because: string };

/**
 * Functions that the catalogue calls volatile although they have no effect and wait for nothing. Reviewed against
 * pg_proc of PostgreSQL 15 and 18. All other volatile functions (files, locks, WAL, slots, large objects, sequences,
 * other sessions, settings, statistics, SQL in strings, sleeping) stay refused, and so does what a later version adds.
 */
const harmlessVolatile = new Set(
  `random random_normal array_sample array_shuffle gen_random_uuid uuidv4 uuidv7 clock_timestamp timeofday
  pg_relation_size pg_table_size pg_indexes_size pg_total_relation_size pg_database_size pg_tablespace_size
  pg_is_in_recovery pg_last_xact_replay_timestamp pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_current_wal_lsn
  pg_partition_tree pg_partition_ancestors pg_blocking_pids pg_collation_actual_version`.split(/\s+/),
);

/**
 * Functions that the catalogue does not call volatile, although they have an effect (they use up a transaction id) or
 * read whole schemas by name.
 */
const harmfulStable =
  /^(txid_current|pg_current_xact_id|(table|schema|database|query|cursor)_to_xml(schema|_and_xmlschema)?)$/;

/**
 * Functions that work with any type, whose number or name they are given as a value: reading a text as a domain runs its
 * checks, and these are functions of users. A cast names its type, so that it can be looked at; these do not.
 */
const ofAnyType =
  /^((array|domain|record|range|multirange)_in|pg_input_(is_valid|error_info)|satisfies_hash_partition)$/;

/**
 * Extensions whose immutable and stable functions only compute. Extensions that run SQL text or connect are not listed.
 */
const trustedExtensions = new Set(
  `btree_gin btree_gist citext cube dict_int dict_xsyn earthdistance fuzzystrmatch hll hstore intarray ip4r isn ltree
  pg_trgm pgcrypto seg unaccent uuid-ossp postgis timescaledb vector`.split(/\s+/),
);

const harmlessOfExtensions = new Set(
  `pgcrypto.gen_random_uuid pgcrypto.gen_random_bytes uuid-ossp.uuid_generate_v1 uuid-ossp.uuid_generate_v1mc
  uuid-ossp.uuid_generate_v4`.split(/\s+/),
);

/** Whether PostgreSQL could choose this function for this use of a name. */
export function couldMean(use: FunctionUse, facts: FunctionFacts): boolean {
  if (use.name !== facts.name) return false;
  if (use.schema === undefined ? !facts.onPath : use.schema !== facts.schema) return false;
  if (use.form === 'field' && !facts.takesRow) return false;
  if (use.args === undefined || facts.kind === 'a') return true;
  if (use.args < facts.args - facts.defaults - (facts.variadic ? 1 : 0)) return false;
  return facts.variadic || use.args <= facts.args;
}

/**
 * Judges a function by its entry in the catalogue.
 * @param allowed what the operator allows in addition: `name`, `schema.name` or `schema.*`
 * @param vouched the owner of the database chose it for a view or a policy, so a user's function counts as what it is
 * declared to be
 */
export function judge(facts: FunctionFacts, allowed: ReadonlySet<string>, vouched = false): Verdict {
  const named = [facts.name, `${facts.schema}.${facts.name}`, `${facts.schema}.*`];
  if (named.some((name) => allowed.has(name))) return { kind: 'allowed' };
  if (facts.definer) return refused('it runs with the rights of its owner');
  if (facts.builtin) return judgeBuiltin(facts);
  if (facts.extension !== undefined) return judgeExtension(facts, facts.extension);
  if (vouched && facts.language === 'sql' && facts.kind === 'f' && facts.body && !facts.setsConfig)
    return { kind: 'body', sql: facts.body };
  if (vouched && facts.volatility !== 'v') return { kind: 'allowed' };
  if (facts.language !== 'sql' || facts.kind !== 'f')
    return refused('it is made by a user and what it does is not known');
  if (facts.volatility === 'v') return refused('it is made by a user and not declared free of effects');
  if (facts.setsConfig || !facts.body) return refused('it is made by a user and its body cannot be checked');
  return { kind: 'body', sql: facts.body };
}

function judgeBuiltin(facts: FunctionFacts): Verdict {
  if (harmfulStable.test(facts.name)) return refused('it does more than compute a value');
  if (ofAnyType.test(facts.name)) return refused('it may run what a type of a user does; cast with :: instead');
  if (facts.volatility !== 'v' || harmlessVolatile.has(facts.name)) return { kind: 'allowed' };
  return refused('it can have an effect on the server, or waits');
}

function judgeExtension(facts: FunctionFacts, extension: string): Verdict {
  if (harmlessOfExtensions.has(`${extension}.${facts.name}`)) return { kind: 'allowed' };
  if (!trustedExtensions.has(extension)) return refused(`the extension ${extension} can do more than compute values`);
  if (facts.volatility === 'v') return refused('it can have an effect on the server, or waits');
  return { kind: 'allowed' };
}

function refused(because: string): Verdict {
  return { kind: 'refused', because };
}
