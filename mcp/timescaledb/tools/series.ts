import { escapeIdentifier, escapeLiteral } from 'pg';
import { z } from 'zod';
import { type AnyTool, defineTool, ToolError, type ToolContext } from '#mcp/kit.ts';
import type { Backend } from '#mcp/postgres/backend.ts';
import { answer, resultShape } from '#mcp/postgres/tools/query.ts';
import { hypertable, place } from '../listing.ts';

const functions = ['avg', 'min', 'max', 'sum', 'count', 'first', 'last', 'stddev', 'median'] as const;
const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
const names = z.array(z.string().min(1)).max(8);
const moment = z.string().max(60).optional();

/** A hypertable with what its statements are made of, each quoted. */
interface Series {
  table: string;
  time: string;
  columns: ReadonlySet<string>;
}

async function seriesOf(backend: Backend, context: ToolContext, asked: string): Promise<Series> {
  return backend.session(context, undefined, async (session) => {
    const [schema, name] = await place((sql, values) => session.own(sql, values), asked);
    const [dimension] = await session.own(
      `select column_name::text as name, time_interval is null as counted from timescaledb_information.dimensions
        where hypertable_schema = $1 and hypertable_name = $2 and dimension_number = 1`,
      [schema, name],
    );
    const columns = await session.own(
      'select column_name::text as name from information_schema.columns where table_schema = $1 and table_name = $2',
      [schema, name],
    );
    if (dimension?.['counted'] === true)
      throw new ToolError(
        `The time of ${name} is a number, ${String(dimension['name'])}, whose unit only people know. Use timescale_query, such as with time_bucket(1000, ${escapeIdentifier(String(dimension['name']))}).`,
      );
    return {
      table: `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`,
      time: ofSeries(String(dimension?.['name'])),
      columns: new Set(columns.map((column) => String(column['name']))),
    };
  });
}

/** With the table in front: an output of the same name, such as avg or bucket, would be taken for the column. */
function ofSeries(column: string): string {
  return `series.${escapeIdentifier(column)}`;
}

function columnOf({ columns }: Series, name: string): string {
  if (columns.has(name)) return ofSeries(name);
  throw new ToolError(
    `There is no column ${JSON.stringify(name.slice(0, 100))}. The columns are ${[...columns].slice(0, 40).join(', ')}.`,
  );
}

/** `timescale_aggregate`: values by buckets of time. */
export function aggregate(backend: Backend): AnyTool {
  return defineTool({
    name: 'timescale_aggregate',
    title: 'Aggregate a time series',
    description: 'Aggregates a column of a hypertable of TimescaleDB by buckets of time.',
    input: z.object({
      hypertable,
      column: z.string().min(1),
      function: z.enum(functions),
      bucket: z.string().min(1).max(40).describe('Such as 1 hour'),
      from: moment.describe('Such as 2026-11-01; default: now() - 7 days'),
      to: moment.describe('Default: now'),
      group_by: names.optional(),
      fill: z.enum(['none', 'null', 'previous', 'linear']).optional(),
    }),
    output: resultShape,
    annotations,
    async run(args, context) {
      const series = await seriesOf(backend, context, args.hypertable);
      const sql = aggregateSql(series, args);
      const result = await backend.read(context, { sql }).catch(withoutFeature);
      return answer(result, undefined, backend.settings.limits.maxRows);
    },
  });
}

/** The Apache build, and a session that did not load the other part, have no gap filling. */
function withoutFeature(error: unknown): never {
  if (!(error instanceof ToolError) || !error.message.includes('license')) throw error;
  throw new ToolError(
    'Gap filling is not in this TimescaleDB: its licence or build lacks it. Leave fill out, or tell the user.',
    {
      cause: error,
    },
  );
}

interface Asked {
  column: string;
  function: (typeof functions)[number];
  bucket: string;
  from?: string | undefined;
  to?: string | undefined;
  group_by?: string[] | undefined;
  fill?: 'none' | 'null' | 'previous' | 'linear' | undefined;
}

function aggregateSql(
  series: Series,
  { column, function: name, bucket, from, to, group_by = [], fill = 'none' }: Asked,
): string {
  const groups = group_by.map((each) => columnOf(series, each));
  const value = valueSql(name, columnOf(series, column), series.time);
  const filled = fill === 'previous' ? `locf(${value})` : fill === 'linear' ? `interpolate(${value})` : value;
  const bucketOf = fill === 'none' ? 'time_bucket' : 'time_bucket_gapfill';
  const [begin, end] = [momentSql(from ?? 'now() - 7 days'), momentSql(to ?? 'now()')];
  if (fill !== 'none' && [from, to].some((text) => /infinity/i.test(text ?? '')))
    throw new ToolError(
      'Buckets can be filled only between two moments: give from and to as dates, or leave fill out.',
    );
  const limits = fill === 'none' ? '' : `, ${begin}, ${end}`;
  return `SELECT ${bucketOf}(${escapeLiteral(bucket)}::interval, ${series.time}${limits}) AS bucket, ${[...groups, `${filled} AS ${escapeIdentifier(name)}`].join(', ')}
    FROM ${series.table} AS series WHERE ${series.time} >= ${begin} AND ${series.time} < ${end}
    GROUP BY ${[1, ...groups].join(', ')} ORDER BY ${[1, ...groups].join(', ')}`;
}

function valueSql(name: Asked['function'], column: string, time: string): string {
  if (name === 'first' || name === 'last') return `${name}(${column}, ${time})`;
  if (name === 'median') return `percentile_cont(0.5) WITHIN GROUP (ORDER BY ${column})`;
  return `${name}(${column})`;
}

const relative = /^now(?:\(\))?\s*(?:([+-])\s*(?:interval\s*)?'?([\w. ]{1,40})'?)?$/i;

/** A moment, or one that is told from now on. */
function momentSql(text: string): string {
  const [found, sign, span] = relative.exec(text.trim()) ?? /^()([\w. ]{1,40}) ago$/i.exec(text.trim()) ?? [];
  if (found === undefined) return `${escapeLiteral(text)}::timestamptz`;
  return span === undefined ? 'now()' : `(now() ${sign || '-'} ${escapeLiteral(span)}::interval)`;
}

/** `timescale_latest`: the newest row of each series. */
export function latest(backend: Backend): AnyTool {
  return defineTool({
    name: 'timescale_latest',
    title: 'Latest rows of each series',
    description: 'The newest row of each series of a hypertable of TimescaleDB, such as of each sensor.',
    input: z.object({
      hypertable,
      by: names.min(1).describe('Columns that tell one series from another'),
      from: moment.describe('No older rows'),
    }),
    output: resultShape,
    annotations,
    async run(args, context) {
      const series = await seriesOf(backend, context, args.hypertable);
      const by = args.by.map((each) => columnOf(series, each)).join(', ');
      const since = args.from === undefined ? '' : ` WHERE ${series.time} >= ${momentSql(args.from)}`;
      // Of some tables only some columns may be read.
      const all = [...series.columns].map(ofSeries).join(', ');
      const sql = `SELECT DISTINCT ON (${by}) ${all} FROM ${series.table} AS series${since} ORDER BY ${by}, ${series.time} DESC`;
      return answer(await backend.read(context, { sql }), undefined, backend.settings.limits.maxRows);
    },
  });
}
