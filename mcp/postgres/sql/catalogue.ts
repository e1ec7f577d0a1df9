import { functionsSql, implicitSql } from './candidates.ts';
import type { Guard } from './guard.ts';
import { grammarVersion } from './keywords.ts';
import { learn } from './learn.ts';
import { Reach, type Suspect } from './reach.ts';
import { hiddenIn } from './relations.ts';
import { judge, type FunctionFacts } from './rules.ts';
import type { TypeId } from './type-facts.ts';
import { Refusal, type NameUse, type Uses } from './uses.ts';

/** Where a judged text stands. */
interface Place {
  /** How deep it stands in functions that call each other. */
  depth: number;
  /** The owner of the database wrote it: the query of a view, the condition of a policy. */
  vouched: boolean;
  /** The role whose policies hold; null for the session's own. */
  as: string | null;
  /** Views and policies that are judged already. */
  seen: Set<string>;
}

/** How deep SQL functions may call each other before they are refused unread. */
const maxDepth = 4;

/** How many views and policies one statement may reach. */
const maxHidden = 200;

/** Sampling methods that PostgreSQL and its contrib modules bring. Another one runs code of its own. */
const samplers = new Set(['bernoulli', 'system', 'system_rows', 'system_time']);

/** A row of `functionsSql` or `implicitSql`. */
interface Candidate extends FunctionFacts {
  via:
    | 'function'
    | 'keyword'
    | 'grammar'
    | 'hidden'
    | 'made'
    | 'operator'
    | 'cast'
    | 'implicit cast'
    | 'domain'
    | 'range'
    | 'sorting';
  what: string;
  oid: number;
  one: TypeId;
  two: TypeId;
  named: boolean;
  text: string;
}

/**
 * Judges what a statement runs, by the catalogue of the database it will run in: what it calls, and what PostgreSQL
 * calls for it (operators and casts that nobody wrote, checks of domains, sorting, the queries of views, policies). It
 * is refused when any function that PostgreSQL could choose is refused.
 * @throws Refusal with the name and the reason
 */
export async function checkUses(uses: Uses, guard: Guard): Promise<void> {
  await check(uses, guard, { depth: 0, vouched: false, as: null, seen: new Set() });
}

async function check(uses: Uses, guard: Guard, place: Place): Promise<void> {
  checkNames(uses);
  const names = (all: readonly NameUse[]) => [...new Set(all.map((use) => use.name))];
  const functions = names(uses.functions);
  const keywords = [...new Set(uses.keywords)];
  // PostgreSQL takes a call such as mydomain('x') for a cast when no function has that name.
  const types = [...new Set([...names(uses.types), ...functions, ...keywords])];
  const relations = [uses.relations.map(({ schema }) => schema ?? null), uses.relations.map(({ name }) => name)];
  if (uses.operators.length + types.length + uses.relations.length === 0) return;
  const read = async (sql: string, values: unknown[]) => (await guard.lookup(sql, values)) as unknown as Candidate[];
  const found = await read(functionsSql, [functions, keywords, grammarVersion, ...relations]);
  const has = (via: Candidate['via']) => found.some((each) => each.via === via);
  const implicit = has('made') ? await read(implicitSql, [functions, names(uses.operators), types, ...relations]) : [];
  const candidates = [...found.filter(({ via }) => via !== 'made' && via !== 'hidden'), ...implicit];
  await checkCandidates(candidates, uses, guard, place);
  if (has('hidden')) await checkHidden(uses, guard, place);
}

async function checkCandidates(found: Candidate[], uses: Uses, guard: Guard, place: Place): Promise<void> {
  const suspects: { suspect: Suspect; refusal: Refusal }[] = [];
  for (const { extension, ...row } of found) {
    const candidate = { ...row, extension: extension ?? undefined };
    if (candidate.via === 'grammar') throw new Refusal(unknownGrammar(candidate.what));
    if (candidate.via === 'keyword' && !candidate.onPath) continue;
    const refusal = await refusalOf(candidate, guard, place);
    if (refusal === undefined) continue;
    if (candidate.via === 'keyword') throw refusal;
    suspects.push({ suspect: suspectOf(candidate), refusal });
  }
  if (suspects.length === 0) return;
  const reach = new Reach(uses, await learn(guard.lookup, uses));
  for (const { suspect, refusal } of suspects) if (reach.canRun(suspect)) throw refusal;
}

function suspectOf(candidate: Candidate): Suspect {
  const { via, oid, one, two, named, text } = candidate;
  if (via === 'operator') return { via, oid: Number(text) };
  if (via === 'cast' || via === 'implicit cast')
    return { via: 'cast', source: one, target: two, implicit: via === 'implicit cast' };
  if (via === 'domain' || via === 'range') return { via, type: one, named };
  if (via === 'sorting') return { via, type: one };
  return { via: 'function', oid, facts: candidate };
}

const advice = 'Write the query without it, or ask the user to have the operator allow it.';

async function refusalOf(candidate: Candidate, guard: Guard, place: Place): Promise<Refusal | undefined> {
  const what = titleOf(candidate);
  if (candidate.via === 'domain') return bodyRefusal(`SELECT ${candidate.text}`, what, guard, place);
  const verdict = judge(candidate, guard.allowed, place.vouched);
  if (verdict.kind === 'allowed') return undefined;
  if (verdict.kind === 'refused') return new Refusal(`${what} is refused: ${verdict.because}. ${advice}`);
  return bodyRefusal(verdict.sql, what, guard, place);
}

function titleOf({ via, what, name }: Candidate): string {
  if (via === 'domain') return `The domain ${what}`;
  if (via === 'function' || via === 'keyword') return `The function ${name}`;
  const through = { operator: 'operator', cast: 'cast to', 'implicit cast': 'implicit cast to', range: 'type' };
  return via === 'sorting'
    ? `Sorting or comparing values of the type ${what} (function ${name})`
    : `The ${through[via as keyof typeof through]} ${what} (function ${name})`;
}

/** Something that runs SQL is as safe as that SQL. */
async function bodyRefusal(sql: string, what: string, guard: Guard, place: Place): Promise<Refusal | undefined> {
  if (place.depth >= maxDepth) return new Refusal(`${what} is refused: it calls too deep. ${advice}`);
  try {
    for (const uses of await guard.parseBody(sql)) await check(uses, guard, { ...place, depth: place.depth + 1 });
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return new Refusal(`${what} is refused for what it does: ${error.message}`, { cause: error });
  }
}

/** Judges the queries of the views that are read, and the policies that hold for them, each once. */
async function checkHidden(uses: Uses, guard: Guard, place: Place): Promise<void> {
  for (const { id, what, kind, sql, as } of await hiddenIn(uses.relations, place.as, guard.lookup)) {
    const key = `${kind} ${id} ${what} ${as}`;
    if (place.seen.has(key)) continue;
    place.seen.add(key);
    if (place.seen.size > maxHidden)
      throw new Refusal(`The query reads more than ${maxHidden} views and policies. Read fewer at once.`);
    const refusal = await bodyRefusal(sql, what, guard, { ...place, depth: 0, vouched: true, as });
    if (refusal) throw refusal;
  }
}

function unknownGrammar(name: string): string {
  return `${name}(…) is refused: this server is newer than PostgreSQL ${grammarVersion}, by whose grammar queries are judged, and reads it in a way that is not known here. Write the query without it.`;
}

function checkNames(uses: Uses): void {
  for (const { schema, name } of [...uses.functions, ...uses.operators, ...uses.types, ...uses.relations]) {
    if (schema?.startsWith('pg_temp'))
      throw new Refusal(`${schema}.${name} is refused: nothing temporary can be used here.`);
  }
  for (const { name } of uses.samplers) {
    if (!samplers.has(name)) throw new Refusal(`TABLESAMPLE ${name} is refused; use BERNOULLI or SYSTEM.`);
  }
}
