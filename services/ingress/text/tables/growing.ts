import type { Line } from '../lines.ts';
import { mayBeDelimiter, mayContinueTable, mayOpenTable } from './rows.ts';

/** A table at the end of a growing text, or the beginning of a possible one. */
export interface GrowingTable {
  /** Where it begins; the text before does not depend on what follows. The text's length when none has begun. */
  start: number;
  /** Rows below the header so far; undefined while it may turn out not to be a table. */
  rows?: number;
}

/**
 * Finds the table that a growing text ends with. Its look follows from all of its rows, so that it can only be shown
 * when it is over, which is when a line has come that does not belong to it.
 */
export function growingTable(text: string, lines: readonly Line[]): GrowingTable {
  const at = lines.length - 1;
  const last = lines[at]!;
  const above = lines[at - 1];
  const content = text.slice(last.start, last.end);
  const table = last.table ?? (!last.fence && mayContinueTable(content) ? above?.table : undefined);
  if (table) return { start: table.start, rows: lines.filter((line) => line.table === table).length - 2 };
  if (last.fence) return { start: text.length };
  const opens = (line: Line, first: boolean) =>
    !line.fence && !line.table && mayOpenTable(text.slice(line.start, line.end), first);
  if (above && !above.blank && mayBeDelimiter(content) && opens(above, at === 1)) return { start: above.start };
  return { start: opens(last, at === 0) ? last.start : text.length };
}
