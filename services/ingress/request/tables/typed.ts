import type { AttachedTable } from '#shared/run/request.ts';

export type Cell = string | number | null;
export type Column = AttachedTable['columns'][number];

/** A table as it can be queried. */
export interface TypedTable {
  columns: Column[];
  rows: Cell[][];
}

const maxColumns = 200;
const maxCellChars = 4_000;
const INTEGER = /^-?(?:0|[1-9]\d{0,14})$/;
const REAL = /^-?(?:(?:0|[1-9]\d*)(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$/;
/** Numbers of countries that write a comma before the fraction. */
const COMMA = /^-?(?:[1-9]\d{0,2}(?:\.\d{3})+|0|[1-9]\d*),\d+$|^-?[1-9]\d{0,2}(?:\.\d{3})+$|^-?(?:0|[1-9]\d{0,14})$/;

/**
 * Names and types of the columns, with the values in them. The first row is the header, unless it holds a number or an
 * empty cell beside filled ones. A column of numbers becomes one; whatever could lose something as a number, such as a
 * leading zero, stays text. `comma`: numbers may have a comma before the fraction.
 */
export function typed(raw: readonly (readonly Cell[])[], comma: boolean): TypedTable {
  const width = Math.min(maxColumns, Math.max(0, ...raw.slice(0, 1_000).map((row) => row.length)));
  const [first = []] = raw;
  const titled = isHeader(first, width, comma);
  const body = titled ? raw.slice(1) : raw;
  const names = uniqueNames(Array.from({ length: width }, (_, at) => (titled ? String(first[at] ?? '') : '')));
  const columns = names.map((name, at): Column => ({ name, type: typeOf(body, at, comma) }));
  const rows = body.map((row) => columns.map(({ type }, at) => valueOf(row[at] ?? null, type, comma)));
  return { columns, rows };
}

function isHeader(first: readonly Cell[], width: number, comma: boolean): boolean {
  const cells = Array.from({ length: width }, (_, at) => first[at] ?? null);
  return cells.every(
    (cell) => typeof cell === 'string' && cell.trim() !== '' && cellType(cell.trim(), comma) === 'TEXT',
  );
}

/** Names that differ also for SQLite, which does not tell cases apart. */
function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((raw, at) => {
    const name =
      raw
        .replaceAll(/\s+/g, ' ')
        .replaceAll(/["\p{Cc}]/gu, '')
        .trim()
        .slice(0, 100) || `column_${at + 1}`;
    let unique = name;
    for (let count = 2; taken.has(unique.toLowerCase()); count += 1) unique = `${name}_${count}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}

function typeOf(rows: readonly (readonly Cell[])[], at: number, comma: boolean): Column['type'] {
  let type: Column['type'] | undefined;
  for (const row of rows) {
    const cell = row[at] ?? null;
    if (cell === null || cell === '') continue;
    const found = cellType(typeof cell === 'string' ? cell.trim() : cell, comma);
    if (found === 'TEXT') return 'TEXT';
    type = type === 'REAL' ? 'REAL' : found;
  }
  return type ?? 'TEXT';
}

function cellType(cell: string | number, comma: boolean): Column['type'] {
  if (typeof cell === 'number') return Number.isSafeInteger(cell) ? 'INTEGER' : 'REAL';
  // A double holds fifteen digits.
  if (cell.replace(/e.*$/i, '').replaceAll(/\D/g, '').length > 15) return 'TEXT';
  if (INTEGER.test(cell)) return 'INTEGER';
  if (comma ? COMMA.test(cell) : REAL.test(cell)) return 'REAL';
  return 'TEXT';
}

function valueOf(cell: Cell, type: Column['type'], comma: boolean): Cell {
  if (cell === null || cell === '') return null;
  if (typeof cell === 'number') return type === 'TEXT' ? String(cell) : cell;
  if (type === 'TEXT') return cell.slice(0, maxCellChars).toWellFormed();
  const text = cell.trim();
  return Number(comma ? text.replaceAll('.', '').replace(',', '.') : text);
}
