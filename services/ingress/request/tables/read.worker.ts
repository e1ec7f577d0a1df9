import { gzipSync } from 'node:zlib';
import readWorkbook from 'read-excel-file/universal';
import { serveThread } from '#mcp/thread.ts';
import type { AttachedTable } from '#shared/run/request.ts';
import { delimiterOf, readCsv } from './csv.ts';
import { describeTable, type Described } from './describe.ts';
import { typed, type Cell, type TypedTable } from './typed.ts';

/** A file with tables: a text, or an Excel workbook. `room`: bytes that all tables may take when packed. */
export type TableJob = { file: string; taken: string[]; room: number; most: number } & (
  | { kind: 'csv'; text: string }
  | { kind: 'xlsx'; bytes: Uint8Array }
);

/** What was left out: the last rows of a table, or further sheets beyond the most. */
export type LeftOut = { rows: number; table: string } | { sheets: number; most: number };

export interface TablesRead {
  tables: AttachedTable[];
  /** What a model is told of each. */
  described: Described[];
  leftOut: LeftOut[];
}

const maxRows = 200_000;

serveThread(async (job) => {
  const asked = job as TableJob;
  const sheets = await sheetsOf(asked);
  const result: TablesRead = { tables: [], described: [], leftOut: [] };
  let { room } = asked;
  const taken = new Set(asked.taken);
  for (const { name, table } of sheets.slice(0, asked.most)) {
    const sql = sqlName(name, taken);
    const kept = packed(table, room);
    room -= kept.data.length;
    const left = table.rows.length - kept.rows.length;
    if (left > 0) result.leftOut.push({ rows: left, table: sql });
    result.tables.push({ name: sql, columns: table.columns, rows: kept.rows.length, data: kept.data });
    result.described.push(describeTable(sql, { columns: table.columns, rows: kept.rows }, left));
  }
  const more = sheets.length - result.tables.length;
  if (more > 0) result.leftOut.push({ sheets: more, most: asked.most });
  return result;
});

async function sheetsOf(job: TableJob): Promise<{ name: string; table: TypedTable }[]> {
  const base = job.file.replace(/\.[^.]*$/, '');
  if (job.kind === 'csv') {
    const delimiter = delimiterOf(job.text);
    return [{ name: base, table: typed(readCsv(job.text, delimiter), delimiter === ';') }];
  }
  const sheets = await readWorkbook(new Uint8Array(job.bytes).buffer);
  const filled = sheets.filter(({ data }) => data.length > 0);
  return filled.map(({ sheet, data }) => ({
    name: filled.length === 1 ? base : `${base}_${sheet}`,
    table: typed(
      data.map((row) => row.map(cellOf)),
      false,
    ),
  }));
}

/** A cell of a workbook; a date as ISO 8601 writes it, without a time where it is midnight. */
function cellOf(cell: unknown): Cell {
  if (cell instanceof Date)
    return cell
      .toISOString()
      .replace(/T00:00:00\.000Z$/, '')
      .replace(/\.000Z$/, '')
      .replace('T', ' ');
  if (typeof cell === 'number' || typeof cell === 'string') return cell;
  return typeof cell === 'boolean' ? String(cell) : null;
}

function sqlName(name: string, taken: Set<string>): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 50);
  const base = plain === '' || /^(?:\d|sqlite)/.test(plain) ? `table_${plain}`.replace(/_$/, '') : plain;
  let unique = base;
  for (let count = 2; taken.has(unique); count += 1) unique = `${base}_${count}`;
  taken.add(unique);
  return unique;
}

/** As many rows as fit when they are packed. */
function packed({ rows }: TypedTable, room: number): { rows: Cell[][]; data: string } {
  let kept = rows.slice(0, maxRows);
  for (;;) {
    const data = gzipSync(JSON.stringify(kept)).toString('base64');
    if (data.length <= room || kept.length === 0) return { rows: kept, data };
    kept = kept.slice(0, Math.floor((kept.length * room * 0.9) / data.length));
  }
}
