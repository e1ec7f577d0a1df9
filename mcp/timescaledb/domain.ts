import { z } from 'zod';
import type { Domain } from '#mcp/kit.ts';
import { type Backend, createBackend } from '#mcp/postgres/backend.ts';
import { harmlessFunctions } from './functions.ts';
import { requireTimescale } from './listing.ts';
import { listings } from './listings.ts';
import { query } from './tools/query.ts';
import { aggregate, latest } from './tools/series.ts';

const whole = () => z.coerce.number().int();

export const config = z.object({
  TIMESCALE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must look like postgres://role:password@host:5432/database' })
    .optional()
    .meta({
      secret: true,
      description:
        'The TimescaleDB to read, with a read-only role (mcp/postgres/role.sql makes one). Its tools are there with this',
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
  TIMESCALE_ALLOW_WRITABLE_ROLE: z
    .stringbool()
    .default(false)
    .describe('Accept a role that may write, where no read-only role can be had; a superuser is never accepted'),
});

const CHECK_MS = 10_000;

const names = {
  url: 'TIMESCALE_URL',
  query: 'timescale_query',
  tables: 'timescale_list_hypertables',
  describe: 'timescale_describe_hypertable',
  databases: 'timescale_list_hypertables',
  explain: 'EXPLAIN in timescale_query',
  writable: 'TIMESCALE_ALLOW_WRITABLE_ROLE',
};

/**
 * The tools over the hypertables of one TimescaleDB; none without its address. Queries are judged and limited as those of
 * the postgres domain.
 */
export function createDomain(values: z.output<typeof config>): Domain {
  const { TIMESCALE_URL: url } = values;
  const backend = url === undefined ? undefined : backendOf(url, values);
  return {
    name: 'timescaledb',
    title: 'TimescaleDB',
    keywords:
      'time series hypertable sensors readings measurements trend Zeitreihe Messwerte Sensoren Verlauf séries temporelles capteurs mesures series temporales sensores mediciones временные ряды датчики измерения 时间序列 传感器 時系列 センサー',
    tools: backend ? [...listings(backend), query(backend), aggregate(backend), latest(backend)] : [],
    async check() {
      await backend?.session({ signal: AbortSignal.timeout(CHECK_MS) }, undefined, requireTimescale);
    },
    async [Symbol.asyncDispose]() {
      await backend?.[Symbol.asyncDispose]();
    },
  };
}

function backendOf(url: string, values: z.output<typeof config>): Backend {
  return createBackend({
    url,
    limits: {
      statementTimeoutMs: values.TIMESCALE_STATEMENT_TIMEOUT_MS,
      maxRows: values.TIMESCALE_MAX_ROWS,
      maxBytes: values.TIMESCALE_MAX_BYTES,
      maxCell: 4_000,
    },
    maxConnections: values.TIMESCALE_MAX_CONNECTIONS,
    connectTimeoutMs: 5_000,
    allowedFunctions: harmlessFunctions,
    allowWritableRole: values.TIMESCALE_ALLOW_WRITABLE_ROLE,
    names,
  });
}
