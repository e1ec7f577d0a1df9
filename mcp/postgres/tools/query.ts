import { z } from 'zod';
import { type AnyTool, defineTool } from '#mcp/kit.ts';
import type { Backend } from '../backend.ts';
import type { QueryResult } from '../db/run-read.ts';
import { table } from '#mcp/rows.ts';
import { postgresCutNote } from '../text.ts';

export const database = z
  .string()
  .min(1)
  .optional()
  .describe('Another database of the server; the default one if absent');

export const resultShape = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z
    .array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])))
    .describe('Values in the order of columns; JSON, arrays, dates and exact numbers as text'),
  row_count: z.int().describe('How many rows are here'),
  truncated: z.boolean().describe('True when rows or parts of values were left out'),
  note: z.string().optional().describe('What was left out and how to get it'),
});

/** `postgres_query`: rows of one reading statement. */
export function query(backend: Backend): AnyTool {
  return defineTool({
    name: 'postgres_query',
    title: 'Query PostgreSQL',
    description: `Runs one read-only SQL statement (SELECT, VALUES, TABLE, SHOW, EXPLAIN) and returns its rows, at most ${backend.settings.limits.maxRows}. Look at postgres_list_tables and postgres_describe_table first. Prefer aggregates to many rows.`,
    input: z.object({
      query: z.string().describe('One statement in PostgreSQL’s SQL, with the values written in it'),
      database,
      max_rows: z.int().min(1).max(10_000).optional().describe('Fewer rows than the limit'),
    }),
    output: resultShape,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async run(args, context) {
      const request = { sql: args.query, database: args.database, maxRows: args.max_rows };
      return answer(await backend.read(context, request), args.max_rows, backend.settings.limits.maxRows);
    },
  });
}

function answer(result: QueryResult, asked: number | undefined, limit: number) {
  const note = [postgresCutNote(result), limitNote(result, asked, limit)].filter(Boolean).join('\n') || undefined;
  const data = {
    columns: result.columns,
    rows: result.rows,
    row_count: result.rows.length,
    truncated: result.moreRows || result.cutColumns.length > 0,
    ...(note === undefined ? {} : { note }),
  };
  const body =
    result.rows.length > 0
      ? table(
          result.columns.map((column) => column.name),
          result.rows,
        )
      : 'No rows.';
  const columns = result.rows.length > 0 ? '' : `\nColumns: ${result.columns.map((column) => column.name).join(', ')}`;
  return { data, text: `${body}${columns}${note === undefined ? '' : `\n${note}`}` };
}

function limitNote(result: QueryResult, asked: number | undefined, limit: number): string | undefined {
  if (asked === undefined || asked <= limit || !result.moreRows || result.cutByBytes) return undefined;
  return `[max_rows is limited to ${limit} here]`;
}
