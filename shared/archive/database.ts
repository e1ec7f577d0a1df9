import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Pool, type PoolClient } from 'pg';
import { errorText, OperatorError } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';

const log = createLogger('archive');

const connectMs = 5_000;
const statementMs = 60_000;
/** A server whose machine is gone, or that is paused, never answers, so this side has to give up. */
const answerMs = statementMs + 5_000;

export type Row = Record<string, unknown>;

/** What runs statements: the pool, or the one connection of a transaction. */
export interface Statements {
  query: (sql: string, values?: unknown[]) => Promise<Row[]>;
}

/**
 * The archive's database, whose tables are made at the first use. Everything rejects with OperatorError: `archive-away`
 * when the database cannot be used, `archive-refused` when it does not accept what it is given.
 */
export interface ArchiveDatabase extends Statements, AsyncDisposable {
  /** Makes the tables if they are not there yet. */
  prepare(): Promise<void>;
  /** Runs `work` in one transaction: all of it is stored when this resolves, nothing when it rejects. */
  transaction<T>(work: (statements: Statements) => Promise<T>): Promise<T>;
}

/** `url` is postgres://role:password@host:port/database, with the role that shared/archive/role.sql makes. */
export function openArchive(url: string): ArchiveDatabase {
  const pool = new Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    query_timeout: answerMs,
    idle_in_transaction_session_timeout: answerMs,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: true,
    keepAlive: true,
    application_name: 'dragoman-archive',
  });
  // An idle connection broke: the pool gives the next caller another one.
  pool.on('error', (error) => log.warn({ error: errorText(error) }, 'a connection to the archive broke'));
  let ready: Promise<void> | undefined;

  async function use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    let broken: Error | undefined;
    let client: PoolClient | undefined;
    try {
      client = await pool.connect();
      return await work(client);
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error));
      // The tables are gone because the database was made anew, for example by a restore.
      if (lacksTables(broken)) ready = undefined;
      throw error instanceof OperatorError ? error : away(url, broken);
    } finally {
      client?.release(broken !== undefined && !isSqlError(broken));
    }
  }

  /** Makes the tables once per process; after a failure the next use tries again. */
  function prepared(): Promise<void> {
    ready ??= use(migrate).catch((error: unknown) => {
      ready = undefined;
      throw error;
    });
    return ready;
  }

  return {
    prepare: prepared,
    async query(sql, values = []) {
      await prepared();
      return use(async (client) => (await client.query<Row>(sql, values)).rows);
    },
    async transaction(work) {
      await prepared();
      return use((client) => inTransaction(client, work));
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

async function inTransaction<T>(client: PoolClient, work: (statements: Statements) => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    const result = await work({ query: async (sql, values = []) => (await client.query<Row>(sql, values)).rows });
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // When its connection breaks, the server rolls back by itself.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

const migrations = path.join(import.meta.dirname, 'migrations');
/** The advisory lock of those who make the tables. */
const migrationLock = 7_241_001;

/** Brings the tables to this version's state. What a newer version has added stays. */
async function migrate(client: PoolClient): Promise<void> {
  await inTransaction(client, async ({ query }) => {
    await query('SELECT pg_advisory_xact_lock($1)', [migrationLock]);
    // Where the role was given a schema, it may not be allowed to make schemas.
    const [schema] = await query("SELECT to_regnamespace('archive') IS NOT NULL AS made");
    if (schema?.['made'] !== true) await query('CREATE SCHEMA archive');
    await query('CREATE TABLE IF NOT EXISTS archive.migrations (name text PRIMARY KEY, at timestamptz DEFAULT now())');
    const done = new Set((await query('SELECT name FROM archive.migrations')).map(({ name }) => String(name)));
    for (const name of readdirSync(migrations).toSorted()) {
      if (done.has(name)) continue;
      await query(readFileSync(path.join(migrations, name), 'utf8'));
      await query('INSERT INTO archive.migrations (name) VALUES ($1)', [name]);
      log.info({ name }, "made the archive's tables");
    }
  });
}

/** PostgreSQL answered, with an error: the connection is still good. */
function isSqlError(error: Error): boolean {
  return 'severity' in error && error.severity === 'ERROR';
}

function lacksTables(error: Error): boolean {
  return 'code' in error && (error.code === '42P01' || error.code === '3F000');
}

/** The database refuses what it was given (data exceptions, constraints, limits); it may accept another run. */
function refuses(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /^(?:22|23|54)\w{3}$/.test(error.code);
}

function away(url: string, cause: Error): OperatorError {
  const where = URL.canParse(url) ? `${new URL(url).host}${new URL(url).pathname}` : 'ARCHIVE_URL';
  if (refuses(cause))
    return new OperatorError('archive-refused', `The archive refuses: ${errorText(cause)}.`, { cause });
  const what = isSqlError(cause) ? 'cannot be used' : 'does not answer';
  return new OperatorError('archive-away', `The archive ${what} at ${where} (${textOf(cause)}).`, { cause });
}

/** When all addresses refuse, Node's error has no text of its own. */
function textOf(error: Error): string {
  return error instanceof AggregateError ? error.errors.map(errorText).join(', ') : errorText(error);
}
