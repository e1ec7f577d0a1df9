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
const timeoutMs = 1_500;

/**
 * Counts the rows of tables that are small enough. When even that takes too long, no table is counted and the estimates
 * have to do.
 * @returns exact rows by the table's id
 */
export async function countRows(session: Session, tables: readonly Countable[]): Promise<Map<string, number>> {
  const chosen = choose(tables);
  if (chosen.length === 0) return new Map();
  const parts = chosen.map(
    (table) =>
      `select '${table.id}' as id, count(*)::float8 as rows from ${quoted(table.schema)}.${quoted(table.name)}`,
  );
  await session.own('savepoint before_counts');
  await session.own(`set local statement_timeout = ${timeoutMs}`);
  try {
    const counts = await session.own(parts.join(' union all '));
    return new Map(counts.map((row) => [String(row['id']), Number(row['rows'])]));
  } catch (error) {
    // A count may be too slow, locked, or refused by a column grant: an estimate is still an answer.
    if (session.cut || !('code' in (error as object))) throw error;
    await session.own('rollback to savepoint before_counts');
    return new Map();
  }
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
