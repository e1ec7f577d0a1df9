import { type ToolContext, ToolError } from '#mcp/kit.ts';
import { Databases } from './db/databases.ts';
import { RoleCheck } from './db/role.ts';
import { runRead, wrapOffset, type QueryResult } from './db/run-read.ts';
import { withSession, type Session } from './db/session.ts';
import { explainFailure } from './errors.ts';
import { postgresNames, type Settings } from './settings.ts';
import { checkUses } from './sql/catalogue.ts';
import type { ReadStatement } from './sql/parse.ts';
import { createParser } from './sql/parser.ts';
import { noUses, Refusal, type NameUse, type Uses } from './sql/uses.ts';

/** What the tools of this domain work with. */
export interface Backend extends AsyncDisposable {
  settings: Settings;
  /** The database that is used when a call names none. */
  mainDatabase: string;
  /** Runs our own statements in a read-only transaction that ends with the call. */
  session<T>(
    context: Pick<ToolContext, 'signal'>,
    database: string | undefined,
    work: (session: Session) => Promise<T>,
  ): Promise<T>;
  /** Judges what PostgreSQL runs when a table is read (its policies, or the query of a view). @throws Refusal */
  judgeTable(context: Pick<ToolContext, 'signal'>, session: Session, table: NameUse): Promise<void>;
  /** Judges a text by the parser and the catalogue, then runs it within the limits. */
  read(context: Pick<ToolContext, 'signal'>, request: ReadRequest): Promise<QueryResult>;
}

export interface ReadRequest {
  sql: string;
  database?: string | undefined;
  maxRows?: number | undefined;
  /** Asks for the plan of a SELECT instead of its rows. */
  plan?: boolean;
}

/** Whatever it returns fails with a sentence (`ToolError`), or with an error that nobody expects. */
export function createBackend(settings: Settings): Backend {
  const databases = new Databases(settings);
  const role = new RoleCheck(settings.allowWritableRole);
  const parser = createParser();
  const { limits } = settings;
  return {
    settings,
    mainDatabase: databases.main,
    session,
    read,
    judgeTable: ({ signal }, opened, { schema, name }) =>
      judge(opened, { ...noUses(), relations: [{ schema, name, alias: name }] }, signal),
    async [Symbol.asyncDispose]() {
      await parser[Symbol.asyncDispose]();
      await databases[Symbol.asyncDispose]();
    },
  };

  async function session<T>(
    { signal }: Pick<ToolContext, 'signal'>,
    database: string | undefined,
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    const options = { database: database ?? databases.main, signal, limits };
    let current: Session | undefined;
    try {
      return await withSession(databases, options, async (opened) => {
        current = opened;
        await role.require(opened);
        return work(opened);
      });
    } catch (error) {
      throw explainFailure(error, {
        cut: current?.cut,
        database: options.database,
        timeoutMs: current?.timeoutMs ?? limits.statementTimeoutMs,
        offset: wrapOffset(),
        names: settings.names ?? postgresNames,
      });
    }
  }

  async function read(
    context: Pick<ToolContext, 'signal'>,
    { sql, database, maxRows, plan }: ReadRequest,
  ): Promise<QueryResult> {
    const { signal } = context;
    const judged = await parsed(sql, signal);
    const statement = plan === true ? explained(judged) : judged;
    return session(context, database, async (opened) => {
      await judge(opened, statement.uses, signal);
      return runRead(opened, statement, limits, Math.min(maxRows ?? limits.maxRows, limits.maxRows));
    });
  }

  function judge(opened: Session, uses: Uses, signal: AbortSignal): Promise<void> {
    return checkUses(uses, {
      lookup: (text, values) => opened.own(text, values),
      allowed: settings.allowedFunctions,
      parseBody: (body) => parser.body(body, signal),
    });
  }

  /** A text is judged by its form before any connection is taken. */
  async function parsed(sql: string, signal: AbortSignal): Promise<ReadStatement> {
    try {
      return await parser.read(sql, signal);
    } catch (error) {
      throw error instanceof Refusal ? new ToolError(error.message, { cause: error }) : error;
    }
  }
}

/**
 * EXPLAIN is only put in front of a judged SELECT, with an option of its own, so that nothing of the text can be read as
 * one.
 */
function explained({ kind, text, uses }: ReadStatement): ReadStatement {
  if (kind === 'select') return { kind: 'explain', text: `EXPLAIN (ANALYZE false) ${text}`, uses };
  throw new ToolError(
    'Only a SELECT can be explained. Give it alone, without EXPLAIN in front; EXPLAIN with options runs through postgres_query.',
  );
}
