import type { DatabaseSync } from 'node:sqlite';
import { collect } from './collect.ts';
import type { Created, Job, Results, Written } from './jobs.ts';
import { openDatabase, settle } from './open.ts';
import { describeTable, listTables } from './schema.ts';
import { judged, refusal, type Judged } from './statement.ts';

/** What was done in a transaction that is still open. */
export interface Pending<Result> {
  result: Result;
  /** @throws SQLite's error; then nothing was changed */
  commit(): void;
  /** Closes the database, and takes back what was not committed. */
  [Symbol.dispose](): void;
}

/** Does a job that only reads, over a connection that only reads. */
export function read(job: Job & { kind: 'read' | 'tables' | 'table' | 'settle' }): Results[typeof job.kind] {
  if (job.kind === 'settle') return settle(job.file, job.busyMs);
  using db = openDatabase(job.file, job.busyMs, true);
  if (job.kind === 'tables') return listTables(db);
  if (job.kind === 'table') return describeTable(db, job.name);
  const { statement, judge } = judged(db, job.sql, 'read');
  try {
    return collect(statement, job.limits);
  } catch (error) {
    throw refusal(judge, 'read') ?? error;
  }
}

/** Does a job that writes, up to the commit: nothing lasts until `commit` is called. */
export function change(job: Job & { kind: 'write' | 'create' }): Pending<Written | Created> {
  const db = openDatabase(job.file, job.busyMs, false);
  try {
    const found = judged(db, job.sql, job.kind);
    // The judge was asked before the transaction begins, so that what is refused waits for no lock.
    withoutJudge(db, found, () => db.exec('BEGIN IMMEDIATE'));
    const result = job.kind === 'write' ? write(db, found, job.limits) : create(db, found);
    return {
      result,
      commit() {
        db.setAuthorizer(null);
        db.exec('COMMIT');
      },
      [Symbol.dispose]: () => db.close(),
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

function write(db: DatabaseSync, found: Judged, limits: (Job & { kind: 'write' })['limits']): Written {
  const before = totalChanges(db, found);
  const rows = run(found, 'write', () => collect(found.statement, limits, true));
  db.setAuthorizer(null);
  const changes = numberOf(db, 'select changes() as n');
  const further = Math.max(0, numberOf(db, 'select total_changes() as n') - before - changes);
  return { changes, further, ...(rows.columns.length > 0 && { returned: rows }) };
}

function totalChanges(db: DatabaseSync, found: Judged): number {
  return withoutJudge(db, found, () => numberOf(db, 'select total_changes() as n'));
}

function create(db: DatabaseSync, found: Judged): Created {
  const version = () =>
    withoutJudge(db, found, () => numberOf(db, 'select schema_version as n from pragma_schema_version'));
  const before = version();
  run(found, 'create', () => found.statement.run());
  return { table: found.judge.created ?? '', created: version() !== before };
}

function run<T>({ judge }: Judged, deed: 'write' | 'create', work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw refusal(judge, deed) ?? error;
  }
}

/** Our own statements are not judged; the statement of the call always is. */
function withoutJudge<T>(db: DatabaseSync, { judge }: Judged, work: () => T): T {
  db.setAuthorizer(null);
  try {
    return work();
  } finally {
    db.setAuthorizer(judge.authorizer);
  }
}

function numberOf(db: DatabaseSync, sql: string): number {
  return Number(db.prepare(sql).get()?.['n']);
}
