import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { serveThread } from '#mcp/thread.ts';
import type { AttachedTable } from '#shared/run/request.ts';

export interface BuildJob {
  /** A database that does not exist yet. */
  file: string;
  tables: AttachedTable[];
}

/** Bytes of the rows of one table, unpacked. */
const maxRowBytes = 256 * 1024 * 1024;

serveThread((job) => {
  const { file, tables } = job as BuildJob;
  using db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF');
  for (const table of tables) fill(db, table);
  return true;
});

function fill(db: DatabaseSync, { name, columns, data }: AttachedTable): void {
  const named = columns.map((column) => `"${column.name.replaceAll('"', '')}" ${column.type}`);
  db.exec(`CREATE TABLE "${name}" (${named.join(', ')})`);
  const insert = db.prepare(`INSERT INTO "${name}" VALUES (${columns.map(() => '?').join(', ')})`);
  const packed = gunzipSync(Buffer.from(data, 'base64'), { maxOutputLength: maxRowBytes });
  const rows = JSON.parse(packed.toString('utf8')) as (string | number | null)[][];
  db.exec('BEGIN');
  for (const row of rows) insert.run(...row);
  db.exec('COMMIT');
}
