import type { Line } from '../lines.ts';
import { mayBeDelimiter, mayContinueTable, mayOpenTable } from './rows.ts';

/** A table at the end of a growing text, or what may become one. */
export interface GrowingTable {
  /** Where it begins; the text before does not depend on what follows. The text's length where none has begun. */
  start: number;
  /** Rows that have come below the header; undefined while it may turn out to be no table. */
  rows?: number;
}

/**
 * Where the table begins that a growing text ends with. What a table looks like follows from all of its rows, so that it
 * can be shown only when it is over: when a line has come that is none of it.
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
