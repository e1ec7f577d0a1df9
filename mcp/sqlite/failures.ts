import { ToolError } from '#mcp/kit.ts';
import { refused, shown } from '#mcp/words.ts';
import { JobFailed, type CutReason } from './engine/child.ts';

/** Primary result codes of SQLite (sqlite.org/rescode.html). The extended code holds them in its low byte. */
const sentences: Record<number, (name: string) => string> = {
  5: (name) => `Another program holds a lock on ${name}. Try again in a moment.`,
  6: (name) => `Another program holds a lock on a table of ${name}. Try again in a moment.`,
  7: () => 'The query needs more memory than it may use. Read fewer rows or shorter values.',
  8: (name) => `${name} cannot be written here: its file or folder is read-only. Tell the user.`,
  10: (name) => `The disk reported a fault at ${name}. Tell the user; trying again is unlikely to help.`,
  11: (name) => `${name} is damaged. Tell the user; PRAGMA integrity_check shows more.`,
  13: (name) =>
    `There is no space left, in ${name} or for sorting. Nothing was changed. Sort or join fewer rows, or tell the user.`,
  14: (name) => `${name} cannot be opened: a permission is missing, or its folder cannot be written. Tell the user.`,
  15: (name) => `Another program holds ${name} in a way that cannot be shared. Try again in a moment.`,
  18: () => 'A value or the row is too large (16 MB at most). Leave that column out, or tell the user.',
  26: (name) => `${name} is no SQLite database, or it is encrypted. Use another one, or tell the user.`,
};

/** What to do about messages of SQLite's general error. */
const hints: [RegExp, string][] = [
  [/no such table/, 'Call list_tables for the names.'],
  [/no such column/, 'Call describe_table for the names of the columns; texts stand in single quotes.'],
  [
    /no such function|wrong number of arguments/,
    "SQLite's own functions are there, such as date, substr, json_extract.",
  ],
  [/ambiguous column/, 'Put the alias of the table in front of the column.'],
  [/syntax error|incomplete input|unrecognized token/, 'Correct the syntax; this is SQLite.'],
  [/already exists/, 'Choose another name, or use the table as it is.'],
  [/constraint failed/, 'Nothing was changed. Look at the table with describe_table and correct the values.'],
  [/may not be modified/, 'Only rows of ordinary tables can be changed.'],
  [/unsafe use/, 'That view or trigger does what a database of others may not do here. Read its tables instead.'],
];

export interface FailureContext {
  database: string;
  timeoutMs: number;
  writing: boolean;
}

/**
 * Turns a failure into a sentence that tells the model what to do. A failure that it can do nothing about comes back
 * unchanged, for the operator.
 */
export function explainFailure(error: unknown, context: FailureContext): unknown {
  if (!(error instanceof JobFailed)) return error;
  const { problem } = error;
  switch (problem.kind) {
    case 'refused':
      return refused(problem.why);
    case 'moved':
      return refused(`${shown(context.database)} is no plain file in the folder of the databases. Use another one.`);
    case 'cut':
      return new ToolError(`${cutSentence(problem.why, context)}${context.writing ? ' Nothing was changed.' : ''}`);
    case 'died':
      return new ToolError(
        `SQLite broke down over this${context.writing ? '; nothing was changed' : ''}. The database may be damaged: try a simpler query, or tell the user.`,
      );
    case 'unknown-outcome':
      return new ToolError(
        'It is not known whether the change was made: the work broke off while it was stored. Read the rows before you do anything else.',
      );
    case 'sqlite':
      return new ToolError(sqliteSentence(problem.code, problem.message, shown(context.database)), { cause: error });
    case 'defect':
      return new Error(problem.message, { cause: error });
  }
}

function cutSentence(why: CutReason, { timeoutMs }: FailureContext): string {
  switch (why) {
    case 'aborted':
      return 'The call was stopped.';
    case 'overtime':
      return `The query was stopped after ${timeoutMs / 1_000} s. Read fewer rows (a narrower WHERE, an aggregate over less), or look at EXPLAIN QUERY PLAN for what is slow.`;
    case 'memory':
      return 'The query was stopped: it needs too much memory. Select fewer columns, cut long values with substr(), or read fewer rows.';
  }
}

function sqliteSentence(code: number, message: string, name: string): string {
  const known = sentences[code & 0xff];
  if (known) return known(name);
  const hint = hints.find(([pattern]) => pattern.test(message))?.[1];
  return `SQLite cannot run this: ${message}.${hint === undefined ? '' : ` ${hint}`}`;
}
