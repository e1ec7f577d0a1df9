import type { SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Cell } from '#mcp/rows.ts';
import type { RowLimits, Rows } from './jobs.ts';

/** How many characters a value keeps at least, where very many columns share the bytes of an answer. */
const minCell = 40;
const maxName = 120;

/** Steps through a statement and keeps as many rows as the limits allow. It steps on where `toTheEnd` is set. */
export function collect(statement: StatementSync, limits: RowLimits, toTheEnd = false): Rows {
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  const columns = statement.columns().map(({ name, type }) => ({ name: shortName(name), type }));
  const cell = Math.max(minCell, Math.min(limits.maxCell, Math.floor(limits.maxBytes / Math.max(1, columns.length))));
  const found: Rows = { columns, rows: [], moreRows: false, cutByBytes: false, cutColumns: [], cell };
  const cut = new Set<string>();
  let bytes = 0;
  for (const values of statement.iterate() as Iterable<unknown> as Iterable<SQLOutputValue[]>) {
    if (found.moreRows) continue;
    const row = values.map((value, at) => toCell(value, cell, () => cut.add(columns[at]!.name)));
    bytes += row.reduce((sum: number, value) => sum + (value === null ? 4 : Buffer.byteLength(String(value))), 0);
    if (bytes > limits.maxBytes && found.rows.length > 0) found.cutByBytes = true;
    if (found.rows.length >= limits.maxRows || found.cutByBytes) found.moreRows = true;
    else found.rows.push(row);
    if (found.moreRows && !toTheEnd) break;
  }
  found.cutColumns = [...cut];
  return found;
}

/** A column without an alias has its expression for a name, which may be as long as the statement. */
function shortName(name: string): string {
  return name.length > maxName ? `${name.slice(0, maxName).toWellFormed()}…` : name;
}

/** A value in JSON's form. What JSON's numbers cannot hold exactly stays text; bytes are written as SQL writes them. */
function toCell(value: SQLOutputValue, most: number, onCut: () => void): Cell {
  if (value === null) return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return bytesCell(value, most, onCut);
  return textCell(value, most, onCut);
}

function textCell(text: string, most: number, onCut: () => void): string {
  // Twice: a character may take two of JavaScript's units.
  const characters = text.length > most ? Array.from(text.slice(0, 2 * most + 2)) : [];
  if (characters.length <= most) return text;
  onCut();
  return `${characters.slice(0, most).join('')}…[cut after ${most} characters]`;
}

function bytesCell(bytes: Uint8Array, most: number, onCut: () => void): string {
  const shown = Math.min(bytes.length, Math.max(8, Math.floor(most / 2)));
  const hex = `x'${Buffer.from(bytes.buffer, bytes.byteOffset, shown).toString('hex')}'`;
  if (shown === bytes.length) return hex;
  onCut();
  return `${hex}…[cut, ${bytes.length} bytes in all]`;
}
