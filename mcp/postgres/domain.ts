import { z } from 'zod';
import { type Domain, ToolError } from '#mcp/kit.ts';
import { createBackend } from './backend.ts';
import { describeTable } from './tools/describe-table.ts';
import { explain } from './tools/explain.ts';
import { listDatabases } from './tools/list-databases.ts';
import { listTables } from './tools/list-tables.ts';
import { query } from './tools/query.ts';

const whole = () => z.coerce.number().int();

export const config = z.object({
  POSTGRES_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must look like postgres://role:password@host:5432/database' })
    .meta({
      secret: true,
      description: 'The database to read, with a read-only role (mcp/postgres/role.sql makes one)',
      example: 'postgres://role:password@host:5432/database',
    }),
  POSTGRES_STATEMENT_TIMEOUT_MS: whole()
    .min(100)
    .max(600_000)
    .default(10_000)
    .describe(
      'Longest run of one statement, in milliseconds; a shorter statement_timeout of the role holds (60 s of mcp/postgres/role.sql)',
    ),
  POSTGRES_MAX_ROWS: whole().min(1).max(10_000).default(200).describe('Most rows of one answer'),
  POSTGRES_MAX_BYTES: whole().min(2_000).max(5_000_000).default(60_000).describe('Most bytes of values in one answer'),
  POSTGRES_MAX_CELL_CHARS: whole().min(40).max(1_000_000).default(4_000).describe('Most characters of one value'),
  POSTGRES_MAX_CONNECTIONS: whole().min(1).max(100).default(8).describe('Most connections to one database'),
  POSTGRES_CONNECT_TIMEOUT_MS: whole()
    .min(100)
    .max(60_000)
    .default(5_000)
    .describe('Longest wait for a connection, in milliseconds'),
  POSTGRES_ALLOWED_FUNCTIONS: z
    .string()
    .default('')
    .describe(
      'Functions that queries may call although they are not known to be harmless: name, schema.name or schema.*, separated by commas',
    ),
  POSTGRES_ALLOW_WRITABLE_ROLE: z
    .stringbool()
    .default(false)
    .describe('Accept a role that may write, where no read-only role can be had; a superuser is never accepted'),
});

/** The PostgreSQL tools over one server. Queries are read-only by parser, transaction and role. */
export function createDomain(values: z.output<typeof config>): Domain {
  const backend = createBackend({
    url: values.POSTGRES_URL,
    limits: {
      statementTimeoutMs: values.POSTGRES_STATEMENT_TIMEOUT_MS,
      maxRows: values.POSTGRES_MAX_ROWS,
      maxBytes: values.POSTGRES_MAX_BYTES,
      maxCell: values.POSTGRES_MAX_CELL_CHARS,
    },
    maxConnections: values.POSTGRES_MAX_CONNECTIONS,
    connectTimeoutMs: values.POSTGRES_CONNECT_TIMEOUT_MS,
    allowedFunctions: new Set(
      values.POSTGRES_ALLOWED_FUNCTIONS.split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    ),
    allowWritableRole: values.POSTGRES_ALLOW_WRITABLE_ROLE,
  });
  return {
    name: 'postgres',
    title: 'PostgreSQL',
    core: ['postgres_list_tables', 'postgres_query'],
    keywords:
      'database sql rows Datenbank Tabelle Zeilen base de datos tabla base de données база данных таблица 数据库 表 データベース テーブル',
    tools: [listDatabases(backend), listTables(backend), describeTable(backend), query(backend), explain(backend)],
    check: () =>
      backend
        .session({ signal: AbortSignal.timeout(values.POSTGRES_CONNECT_TIMEOUT_MS) }, undefined, nothing)
        .catch(forOperator),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}

async function nothing(): Promise<void> {}

/**
 * The sentences of tool failures are for a model. The operator gets the cause, which tells more, without the password.
 */
function forOperator(error: unknown): never {
  const cause = error instanceof ToolError && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  throw new Error(`${error instanceof Error ? error.message : String(error)}${cause}`, { cause: error });
}
