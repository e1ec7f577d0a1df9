import { lstatSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Another file was opened than was asked for: a link, or something that took its place. */
export class Moved extends Error {
  override name = 'Moved';
}

/** Bytes of one value, in a statement or a table. */
const maxValueBytes = 16 * 1024 * 1024;

/** SQLite's codes for a database that the last writer left in the middle of its work. */
const unfinished = new Set([264, 520, 776, 1288]);

/**
 * Opens a database for one job, with what its schema could do against us switched off (sqlite.org/security.html): a
 * file may come from anybody.
 * @throws Moved unless `file` is a regular file that is reached without a link
 */
export function openDatabase(file: string, busyMs: number, readOnly: boolean): DatabaseSync {
  if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) throw new Moved(file);
  if (readOnly) finishOthersWork(file, busyMs);
  return open(file, busyMs, readOnly);
}

function open(file: string, busyMs: number, readOnly: boolean): DatabaseSync {
  const db = new DatabaseSync(file, {
    readOnly,
    timeout: busyMs,
    defensive: true,
    allowExtension: false,
    limits: { length: maxValueBytes, attach: 0, sqlLength: 300_000 },
  });
  try {
    // SQLite tells the path that it opened, with links resolved.
    if (db.location() !== file) throw new Moved(file);
    db.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A connection that only reads cannot roll back what a killed writer left, so one that writes looks in first. */
function finishOthersWork(file: string, busyMs: number): void {
  try {
    look(file, busyMs, true);
  } catch (error) {
    if (!unfinished.has(Number((error as { errcode?: number }).errcode))) throw error;
    settle(file, busyMs);
  }
}

/** Rolls back what a writer that was ended has left: SQLite does that when it first reads. */
export function settle(file: string, busyMs: number): true {
  look(file, busyMs, false);
  return true;
}

function look(file: string, busyMs: number, readOnly: boolean): void {
  using db = open(file, busyMs, readOnly);
  db.prepare('select count(*) from main.sqlite_schema').get();
}
