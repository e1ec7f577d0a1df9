import { z } from 'zod';
import type { Domain } from '#mcp/kit.ts';
import { createBackend } from '#mcp/postgres/backend.ts';
import { harmlessFunctions } from './functions.ts';
import { listings } from './listings.ts';
import { query } from './tools/query.ts';
import { aggregate, latest } from './tools/series.ts';

const whole = () => z.coerce.number().int();

export const config = z.object({
  TIMESCALE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must look like postgres://role:password@host:5432/database' })
    .meta({
      secret: true,
      description: 'The TimescaleDB to read, with a read-only role (mcp/postgres/role.sql makes one)',
      example: 'postgres://role:password@host:5432/database',
    }),
  TIMESCALE_STATEMENT_TIMEOUT_MS: whole()
    .min(100)
    .max(600_000)
    .default(10_000)
    .describe('Longest run of one statement, in milliseconds'),
  TIMESCALE_MAX_ROWS: whole().min(1).max(10_000).default(200).describe('Most rows of one answer'),
  TIMESCALE_MAX_BYTES: whole().min(2_000).max(5_000_000).default(60_000).describe('Most bytes of values in one answer'),
  TIMESCALE_MAX_CONNECTIONS: whole().min(1).max(100).default(8).describe('Most connections'),
});

const names = {
  url: 'TIMESCALE_URL',
  query: 'timescale_query',
  tables: 'timescale_list_hypertables',
  describe: 'timescale_describe_hypertable',
  databases: 'timescale_list_hypertables',
  explain: 'EXPLAIN in timescale_query',
};

/** The tools over the hypertables of one TimescaleDB. Queries are judged and limited as those of the postgres domain. */
export function createDomain(values: z.output<typeof config>): Domain {
  const backend = createBackend({
    url: values.TIMESCALE_URL,
    limits: {
      statementTimeoutMs: values.TIMESCALE_STATEMENT_TIMEOUT_MS,
      maxRows: values.TIMESCALE_MAX_ROWS,
      maxBytes: values.TIMESCALE_MAX_BYTES,
      maxCell: 4_000,
    },
    maxConnections: values.TIMESCALE_MAX_CONNECTIONS,
    connectTimeoutMs: 5_000,
    allowedFunctions: harmlessFunctions,
    allowWritableRole: false,
    names,
  });
  return {
    name: 'timescaledb',
    title: 'TimescaleDB',
    tools: [...listings(backend), query(backend), aggregate(backend), latest(backend)],
    check: () => backend.session({ signal: AbortSignal.timeout(5_000) }, undefined, async () => undefined),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}
