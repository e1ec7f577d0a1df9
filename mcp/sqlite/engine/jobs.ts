import type { Cell } from '#mcp/rows.ts';

/** Limits of the rows of one answer. */
export interface RowLimits {
  maxRows: number;
  /** Bytes of all values together. */
  maxBytes: number;
  /** Characters of one value. */
  maxCell: number;
}

/** What a process is asked to do with one database file. */
export type Job = { file: string; busyMs: number } & (
  | { kind: 'read'; sql: string; limits: RowLimits }
  | { kind: 'write'; sql: string; limits: RowLimits }
  | { kind: 'create'; sql: string }
  | { kind: 'tables' }
  | { kind: 'table'; name: string }
  /** Takes back what a writer that was ended has left in the file. */
  | { kind: 'settle' }
);

/** Milliseconds that taking back gets, however little a statement does: the file may have grown by gigabytes. */
export const SETTLE_MS = 30_000;

export interface Rows {
  columns: { name: string; type: string | null }[];
  rows: Cell[][];
  moreRows: boolean;
  cutByBytes: boolean;
  cutColumns: string[];
  /** How many characters a value has here at most. */
  cell: number;
}

export interface Written {
  /** Rows that the statement itself changed. */
  changes: number;
  /** Rows that triggers and foreign keys changed besides. */
  further: number;
  /** What RETURNING gave, if the statement has it. */
  returned?: Rows;
}

export interface Created {
  table: string;
  /** False when there was a table of that name already (IF NOT EXISTS). */
  created: boolean;
}

export interface TableFacts {
  name: string;
  kind: 'table' | 'view' | 'virtual table';
  columns: number;
  /** Null where counting would take long, or means running a view. */
  rows: number | null;
}

export interface Tables {
  tables: TableFacts[];
  /** How many there are; the list may be shorter. */
  total: number;
}

export interface ColumnFacts {
  name: string;
  type: string;
  nullable: boolean;
  default: string | null;
  /** Its place in the primary key, from 1; 0 for none. */
  key: number;
  generated: boolean;
}

export interface TableDescription extends TableFacts {
  columnFacts: ColumnFacts[];
  foreignKeys: { columns: string[]; table: string; references: string[]; onDelete: string }[];
  indexes: { name: string; unique: boolean; columns: (string | null)[] }[];
  sql: string;
}

/** What each kind of job results in. */
export interface Results {
  read: Rows;
  write: Written;
  create: Created;
  tables: Tables;
  /** Near names where there is no such table. */
  table: { found: TableDescription } | { similar: string[] };
  settle: true;
}

/** Why a job was not done. */
export type Problem =
  /** Our own rules: a sentence. */
  | { kind: 'refused'; why: string }
  /** SQLite's extended result code and its message. */
  | { kind: 'sqlite'; code: number; message: string }
  /** Something else was opened than was asked for. */
  | { kind: 'moved' }
  /** A defect of ours. */
  | { kind: 'defect'; message: string };

/** What a process says: that it can work; the result; of a write, that it waits for the word to commit; the problem. */
export type Answer =
  | { say: 'up' }
  | { say: 'done'; result: unknown }
  | { say: 'ready' }
  | { say: 'failed'; problem: Problem };

/** What a process is told. */
export type Order = { order: 'do'; job: Job } | { order: 'commit' };
