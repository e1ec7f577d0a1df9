import { DatabaseError } from 'pg';
import { ToolError } from '#mcp/kit.ts';
import { readable } from '#mcp/words.ts';
import type { CutReason } from './db/session.ts';
import { postgresNames, type ToolNames } from './settings.ts';
import { Refusal } from './sql/uses.ts';

/** Messages of these classes speak of the server's internals (files, memory, replication), not of the query. */
const insideClasses = new Set(['53', '55', '58', 'F0', 'XX', '57', '08', '25', '40', '72']);

/** What to do about an SQLSTATE that a query can run into (PostgreSQL's manual, appendix A). */
const hints: Record<string, string> = {
  '42P01': 'Call postgres_list_tables for the names of the tables; write a name with capitals in double quotes.',
  '42703': 'Call postgres_describe_table for the names of the columns; write a name with capitals in double quotes.',
  '42883': 'Check the name and the types of the arguments; cast where they do not fit.',
  '42702': 'Put the alias of the table in front of the column.',
  '42803': 'Add the column to GROUP BY or put it into an aggregate.',
  '42804': 'Cast one side so that both have the same type.',
  '42601': 'Correct the syntax; this is PostgreSQL.',
  '3F000': 'Call postgres_list_tables for the schemas.',
  '22P02': 'Write the value in a form that its type takes.',
  '22007': 'Write dates as YYYY-MM-DD, times as HH:MM:SS, and lengths of time like 1 hour or 15 minutes.',
  '22008': 'Write dates as YYYY-MM-DD; seconds since 1970 as to_timestamp(1793000000).',
  '22021':
    "The text is in another encoding than the database says: read it as convert_from(convert(convert_to(column, 'SQL_ASCII'), 'LATIN1', 'UTF8'), 'UTF8'), with its own encoding for LATIN1, or leave it out.",
  '22P05': "The database's encoding has no such character: leave it out of the query, or that value out of the answer.",
  '22012': 'Guard the divisor with nullif(…, 0).',
  '55000': 'Leave that table or view out, or tell the user.',
  '54001': 'Write a simpler query.',
  '54000': 'Ask for less at once.',
  '08P01': 'Write the values into the query: placeholders such as $1 have none here.',
};

const outOfTime =
  'The database ended the transaction at a time limit of its operator. Read fewer rows, or try again in a moment.';

/** What is said instead of the server's message about the state that it is in. */
const states: Record<string, string> = {
  '25006': 'The query would write, and only reading is possible here. Write a SELECT.',
  '25P03': outOfTime,
  '25P04': outOfTime,
  '40001':
    'The database took the query back for the sake of another one. Try again in a moment, with fewer rows at once.',
  '40P01': 'The database took the query back for the sake of another one. Try again in a moment.',
  '53000': 'The database has no resources left for this. Ask for less at once, or try again in a moment.',
  '53100':
    'The disk of the database is full: the query cannot put down what it sorts or joins. Ask for less at once, and tell the user that the operator must look at it.',
  '53200':
    'The database has not enough memory or locks for this. Read fewer tables, partitions or chunks at once, such as a shorter range of time. If it stays, tell the user that the operator may raise max_locks_per_transaction or the memory.',
  '53300': 'The database has no free connection now. Try again in a moment.',
  '53400': 'The query needs more temporary space than it may use. Sort or join fewer rows.',
  '55P03': 'Another session holds a lock on what the query reads. Try again in a moment.',
  '72000': 'The rows changed while they were read for long. Try again in a moment, with fewer rows at once.',
};

export interface FailureContext {
  names: ToolNames;
  cut?: CutReason | undefined;
  database: string;
  timeoutMs: number;
  /** How many characters we put in front of the query. */
  offset?: number;
}

/**
 * Turns a failure of a call into a sentence that tells the model what to do. A failure that the model can do nothing
 * about comes back unchanged, for the operator.
 */
export function explainFailure(error: unknown, context: FailureContext): unknown {
  if (error instanceof ToolError) return context.names === postgresNames ? error : renamed(error, context.names);
  if (error instanceof Refusal) return new ToolError(error.message, { cause: error });
  const text = sentenceFor(error, context);
  return text === undefined ? error : new ToolError(inNamesOf(text, context.names), { cause: error });
}

function renamed(error: ToolError, names: ToolNames): ToolError {
  const said = inNamesOf(error.message, names);
  return said === error.message ? error : new ToolError(said, { cause: error.cause });
}

/** The sentences are written with the names of the postgres domain; another one has its own. */
function inNamesOf(text: string, names: ToolNames): string {
  let said = text;
  for (const [key, name] of Object.entries(postgresNames)) said = said.replaceAll(name, names[key as keyof ToolNames]);
  return said;
}

function sentenceFor(error: unknown, context: FailureContext): string | undefined {
  if (context.cut === 'overtime') return tooLong(context.timeoutMs);
  if (context.cut === 'oversize')
    return 'The answer was too large to take in. Select fewer columns, cut long values with left(), or add LIMIT.';
  if (error instanceof DatabaseError) return databaseSentence(error, context);
  return connectionSentence(error);
}

function databaseSentence(error: DatabaseError, context: FailureContext): string | undefined {
  const code = error.code ?? '';
  if (code === '57014') return tooLong(context.timeoutMs);
  if (code in states) return states[code];
  if (code === '3D000')
    return `There is no database "${context.database}". Call postgres_list_databases for the names.`;
  if (code === '42501') return denied(error);
  if (code === '22021' && error.message.endsWith('0x00')) return 'The call holds a NUL character; send plain text.';
  if (code.startsWith('28'))
    return 'The database refuses the login of this tool. Tell the user that the operator must check POSTGRES_URL.';
  if (code.startsWith('57P')) return 'The database ended the connection. Try again in a moment.';
  if (insideClasses.has(code.slice(0, 2)) && !(code in hints)) return undefined;
  // chr(0): nothing was too much.
  const own = error.message.startsWith('null character') ? 'PostgreSQL’s texts hold none.' : hints[code];
  // Nobody can set that here.
  const theirs = error.hint?.includes('"datestyle"') ? undefined : error.hint;
  const hint = [theirs, own].filter(Boolean).map((text) => ` ${text}`);
  // The message repeats what stands in the query.
  return readable(`PostgreSQL cannot run this: ${error.message}${place(error, context.offset ?? 0)}.${hint.join('')}`);
}

function denied(error: DatabaseError): string {
  return `${readable(upperFirst(error.message))}. This tool's role may not read it: use other tables (postgres_list_tables shows the readable ones) or tell the user that access is missing.`;
}

function connectionSentence(error: unknown): string | undefined {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/.test(code)) {
    return 'The database cannot be reached now. Tell the user; trying again at once is unlikely to help.';
  }
  if (/timeout exceeded when trying to connect|Connection terminated|ECONNRESET|EPIPE/.test(`${message} ${code}`)) {
    return 'The connection to the database was lost or none was free in time. Try again in a moment.';
  }
  return undefined;
}

function tooLong(timeoutMs: number): string {
  return `The query was stopped after ${timeoutMs / 1000} s. Read fewer rows (a narrower WHERE, an aggregate over a shorter range) or look at postgres_explain for what is slow.`;
}

function place(error: DatabaseError, offset: number): string {
  const position = Number(error.position) - offset;
  return Number.isFinite(position) && position > 0 ? ` (at character ${position})` : '';
}

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
