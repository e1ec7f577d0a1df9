/** What a cell can be in an answer. JSON, arrays and exact numbers stay text, so that no digit is lost. */
export type Cell = string | number | boolean | null;

/** Rows as a Markdown table: the form that costs a model the fewest tokens and that it misreads least. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (headings.length === 0) return `${rows.length} ${rows.length === 1 ? 'row' : 'rows'} without columns`;
  const line = (cells: readonly Cell[]) => `| ${cells.map(cellText).join(' | ')} |`;
  return [line(headings), `|${' --- |'.repeat(headings.length)}`, ...rows.map(line)].join('\n');
}

function cellText(cell: Cell): string {
  if (cell === null) return 'NULL';
  return String(cell).replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

/** What of a result is missing. */
export interface CutRows {
  rows: readonly unknown[];
  /** More rows exist than are here. */
  moreRows: boolean;
  /** The rows were cut because of their bytes, not their number. */
  cutByBytes: boolean;
  /** Names of columns in which at least one value was cut. */
  cutColumns: readonly string[];
  /** How many characters a value has here at most. */
  cell: number;
}

/**
 * Says what was left out of a result and how to get it; undefined when nothing was left out. `next` is the expression
 * that gets the next part of a long value.
 */
export function cutNote(result: CutRows, next: (from: number, length: number) => string): string | undefined {
  const notes: string[] = [];
  const shown = `${result.rows.length} ${result.rows.length === 1 ? 'row' : 'rows'}`;
  if (result.moreRows) {
    const why = result.cutByBytes ? ` (the answer's size is limited)` : '';
    notes.push(
      `[cut: first ${shown} shown${why}, more exist; add ORDER BY with LIMIT/OFFSET, a narrower WHERE, an aggregate, or select fewer columns]`,
    );
  }
  if (result.cutColumns.length > 0) {
    const names = result.cutColumns.slice(0, 10).join(', ');
    notes.push(
      `[cut: long values of ${names} end after ${result.cell} characters; the next part: ${next(result.cell + 1, result.cell)}]`,
    );
  }
  return notes.length > 0 ? notes.join('\n') : undefined;
}
