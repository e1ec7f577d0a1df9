import { z } from 'zod';
import { type AnyTool, defineTool } from '#mcp/kit.ts';
import { shown } from '#mcp/words.ts';
import type { Backend } from '../backend.ts';
import { database } from './read-query.ts';

/** `create_table`: makes one table. */
export function createTable(backend: Backend): AnyTool {
  return defineTool({
    name: 'create_table',
    title: 'Make a table in SQLite',
    description: 'Makes a table in a SQLite database by one CREATE TABLE statement. Changes no existing table.',
    input: z.object({ query: z.string().describe('The CREATE TABLE statement'), database }),
    output: z.object({
      database: z.string(),
      table: z.string(),
      created: z.boolean().describe('False when there was a table of that name (IF NOT EXISTS)'),
    }),
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    async run(args, context) {
      const { database: name, result } = await backend.run(context, args.database, { kind: 'create', sql: args.query });
      const { created, table } = result;
      const text = created
        ? `Made the table ${shown(table)} in ${shown(name)}.`
        : `There was a table of that name in ${shown(name)}; nothing was changed. describe_table shows it.`;
      return { data: { database: name, table, created }, text };
    },
  });
}
