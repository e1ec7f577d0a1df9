import { attempt } from '../db/attempt.ts';
import type { Session } from '../db/session.ts';

export interface Countable {
  id: string;
  schema: string;
  name: string;
  kind: string;
  /** PostgreSQL's estimate of rows; -1 when the table was never analyzed. */
  estimate: number;
  pages: number;
  /** False for a materialized view that was never filled. */
  populated: boolean;
}

/** The limits of one table: a table of this size is counted in some milliseconds. */
const maxRowsEach = 200_000;
const maxPagesEach = 5_000;
/** The limits of all tables of one call together. */
const maxRowsTogether = 1_000_000;
const maxCounted = 200;
/** All counts of one call end after this time; what is not counted then has its estimate. */
const togetherMs = 4_000;

export interface Counts {
  /** Exact rows by the table's id. */
  rows: Map<string, number>;
  /** Why a small table has no count, by its id. */
  problems: Map<string, string>;
}

/**
 * Counts the rows of tables that are small enough: all at once, and when that fails each for itself, so that a table
 * which cannot be counted costs its own count and no other.
 */
export async function countRows(session: Session, tables: readonly Countable[]): Promise<Counts> {
  const counts: Counts = { rows: new Map(), problems: new Map() };
  const chosen = choose(tables);
  if (chosen.length === 0) return counts;
  const all = await attempt(session, () => session.own(chosen.map(countSql).join(' union all ')));
  if ('value' in all) {
    for (const row of all.value) counts.rows.set(String(row['id']), Number(row['rows']));
    return counts;
  }
  const end = Date.now() + Math.min(togetherMs, session.timeoutMs);
  for (const table of chosen) {
    if (Date.now() > end) {
      counts.problems.set(table.id, 'no time left');
      continue;
    }
    const one = await attempt(session, () => session.own(countSql(table)));
    if ('value' in one) counts.rows.set(table.id, Number(one.value[0]?.['rows']));
    else counts.problems.set(table.id, one.problem);
  }
  return counts;
}

function countSql({ id, schema, name }: Countable): string {
  return `select '${id}' as id, count(*)::float8 as rows from ${quoted(schema)}.${quoted(name)}`;
}

function choose(tables: readonly Countable[]): Countable[] {
  const chosen: Countable[] = [];
  let together = 0;
  for (const table of tables.toSorted((a, b) => a.pages - b.pages)) {
    if ((table.kind !== 'r' && table.kind !== 'm') || !table.populated) continue;
    if (table.estimate > maxRowsEach || table.pages > maxPagesEach || !/^\d+$/.test(table.id)) continue;
    together += Math.max(table.estimate, 0);
    if (together > maxRowsTogether || chosen.length >= maxCounted) break;
    chosen.push(table);
  }
  return chosen;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
