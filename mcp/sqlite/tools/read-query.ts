import { z } from 'zod';
import { type AnyTool, defineTool } from '#mcp/kit.ts';
import { cutNote, table } from '#mcp/rows.ts';
import type { Backend } from '../backend.ts';
import type { Rows } from '../engine/jobs.ts';

export const database = z
  .string()
  .min(1)
  .optional()
  .describe('Name of the database file; needed where there are several');

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const rowsShape = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string().nullable() })),
  rows: z.array(z.array(cell)).describe("Values in the order of columns; bytes as x'…'"),
  row_count: z.int().describe('How many rows are here'),
  truncated: z.boolean().describe('True when rows or parts of values were left out'),
  note: z.string().optional().describe('What was left out and how to get it'),
});

/** `read_query`: rows of one reading statement. */
export function readQuery(backend: Backend): AnyTool {
  const { limits } = backend.settings;
  return defineTool({
    name: 'read_query',
    title: 'Query SQLite',
    description: `Runs one reading SQL statement (SELECT, VALUES, EXPLAIN, reading PRAGMA) on a SQLite database; at most ${limits.maxRows} rows. Look at list_tables and describe_table first. Prefer aggregates to many rows.`,
    input: z.object({ query: z.string().describe('One statement of SQLite, with the values written in it'), database }),
    output: rowsShape.extend({ database: z.string() }),
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async run(args, context) {
      const job = { kind: 'read', sql: args.query, limits } as const;
      const { database: name, result } = await backend.run(context, args.database, job);
      const { data, text } = rowsAnswer(result);
      return { data: { ...data, database: name }, text };
    },
  });
}

/** Rows as data and as the text that a model reads. */
export function rowsAnswer(result: Rows): { data: z.output<typeof rowsShape>; text: string } {
  const note = cutNote(result, (from, length) => `substr(column, ${from}, ${length})`);
  const { columns, rows } = result;
  const names = columns.map(({ name }) => name);
  const data = {
    columns,
    rows,
    row_count: rows.length,
    truncated: result.moreRows || result.cutColumns.length > 0,
    ...(note === undefined ? {} : { note }),
  };
  const body = rows.length > 0 ? table(names, rows) : `No rows.\nColumns: ${names.join(', ')}`;
  return { data, text: note === undefined ? body : `${body}\n${note}` };
}
