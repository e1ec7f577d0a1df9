import { cutNote, type CutRows } from '#mcp/rows.ts';

/** Says what was left out of a result of PostgreSQL and how to get it; undefined when nothing was left out. */
export function postgresCutNote(result: CutRows): string | undefined {
  return cutNote(result, (from, length) => `substr(column::text, ${from}, ${length})`);
}
