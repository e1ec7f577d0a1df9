import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { constants } from 'node:sqlite';
import { createJudge, type Deed, type Judge } from './authorize.ts';

/** The statement is against our rules. The message is a sentence for the model. */
export class Refused extends Error {
  override name = 'Refused';
}

export interface Judged {
  statement: StatementSync;
  judge: Judge;
}

/** Words that a statement of each kind begins with. VACUUM and REINDEX ask no authorizer, so the word must tell. */
const begins: Record<Deed, RegExp> = {
  read: /^(?:select|values|with|explain|pragma)$/,
  write: /^(?:insert|update|delete|replace|with)$/,
  create: /^create$/,
};

const advice: Record<Deed, string> = {
  read: 'Send one SELECT, VALUES, EXPLAIN or reading PRAGMA; write_query changes rows, create_table makes tables.',
  write: 'Send one INSERT, UPDATE, DELETE or REPLACE; read_query reads, create_table makes tables.',
  create:
    'Send one CREATE TABLE; write_query changes rows. Indexes, views, triggers and virtual tables are not made here.',
};

const maxLength = 60_000;

/**
 * Compiles a text and judges it. The judge stays in force while the statement runs.
 * @throws Refused unless it is exactly one statement of that kind; SQLite's own error for one that does not compile
 */
export function judged(db: DatabaseSync, sql: string, deed: Deed): Judged {
  checkText(sql, deed);
  const judge = createJudge(deed, shadowTables(db));
  const word = firstWord(sql);
  if (!begins[deed].test(word))
    throw new Refused(
      word === '' ? `The query is empty. ${advice[deed]}` : `${word.toUpperCase()} is refused here. ${advice[deed]}`,
    );
  db.setAuthorizer(judge.authorizer);
  const statement = compile(db, sql, deed, judge);
  if (deed === 'write' && judge.changed.size === 0) throw new Refused(`This changes no rows. ${advice.write}`);
  if (deed === 'create' && judge.created === undefined && !/^\s*create\s+table/i.test(withoutComments(sql)))
    throw new Refused(`This makes no table. ${advice.create}`);
  return { statement, judge };
}

/** The sentence for what the judge refused. */
export function refusal(judge: Judge, deed: Deed): Refused | undefined {
  return judge.refused === undefined ? undefined : new Refused(`${judge.refused} is refused here. ${advice[deed]}`);
}

function compile(db: DatabaseSync, sql: string, deed: Deed, judge: Judge): StatementSync {
  let statement: StatementSync;
  try {
    statement = db.prepare(sql);
  } catch (error) {
    if (isEmpty(error)) throw new Refused(`The query is empty. ${advice[deed]}`, { cause: error });
    throw refusal(judge, deed) ?? error;
  }
  // SQLite compiles the first statement alone, and keeps the text of it.
  const alone = isBlank(db, sql.slice(statement.sourceSQL.length));
  db.setAuthorizer(judge.authorizer);
  if (!alone) throw new Refused(`These are several statements. ${advice[deed]}`);
  // A placeholder without a value is shown as NULL, and would be run as NULL.
  if (statement.expandedSQL !== statement.sourceSQL)
    throw new Refused('Write the values into the query: placeholders such as ? have none here.');
  return statement;
}

function isBlank(db: DatabaseSync, rest: string): boolean {
  if (rest.trim() === '') return true;
  // Whatever it would do, it is not run.
  db.setAuthorizer(() => constants.SQLITE_DENY);
  try {
    db.prepare(rest);
    return false;
  } catch (error) {
    return isEmpty(error);
  }
}

function isEmpty(error: unknown): boolean {
  return (error as { code?: string }).code === 'ERR_INVALID_ARG_VALUE';
}

function checkText(sql: string, deed: Deed): void {
  if (sql.length > maxLength)
    throw new Refused(`The query has ${sql.length} characters; the limit is ${maxLength}. Send a shorter one.`);
  // SQLite takes a C string, so it would judge only the text before a NUL. Lone surrogates have no UTF-8 form.
  if (sql.includes('\0') || !sql.isWellFormed())
    throw new Refused(`The query holds a NUL character or broken Unicode; send plain text. ${advice[deed]}`);
}

function withoutComments(sql: string): string {
  return sql.replace(/^(?:[\s;]|--[^\n]*(?:\n|$)|\/\*(?:(?!\*\/)[\s\S])*(?:\*\/|$))+/, '');
}

function firstWord(sql: string): string {
  return /^\w+/.exec(withoutComments(sql))?.[0].toLowerCase() ?? withoutComments(sql).slice(0, 1);
}

/** Tables in which virtual tables keep their data. */
export function shadowTables(db: DatabaseSync): Set<string> {
  const rows = db.prepare(`select name from pragma_table_list where schema = 'main' and type = 'shadow'`).all();
  return new Set(rows.map((row) => String(row['name'])));
}
