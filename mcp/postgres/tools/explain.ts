import { z } from 'zod';
import { type AnyTool, defineTool } from '#mcp/kit.ts';
import type { Backend } from '../backend.ts';
import { postgresCutNote } from '../text.ts';
import { database } from './query.ts';

/** The plan of a large query is long; a model needs the top of it most. */
const maxLines = 400;

/** `postgres_explain`: how PostgreSQL would run a statement, without running it. */
export function explain(backend: Backend): AnyTool {
  return defineTool({
    name: 'postgres_explain',
    title: 'Explain a PostgreSQL query',
    description:
      'Shows the plan of one SELECT with its estimated costs and rows, without running it. Use it when a query was stopped or may read much. For measured times run EXPLAIN ANALYZE with postgres_query.',
    input: z.object({ query: z.string().describe('The SELECT, without EXPLAIN in front'), database }),
    output: z.object({
      plan: z.array(z.string()).describe('The lines of the plan'),
      truncated: z.boolean(),
      note: z.string().optional().describe('What was left out and how to get it'),
    }),
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async run(args, context) {
      const result = await backend.read(context, {
        sql: args.query,
        plan: true,
        database: args.database,
        maxRows: maxLines,
      });
      const plan = result.rows.map((row) => String(row[0]));
      const note = postgresCutNote(result);
      const data = { plan, truncated: result.moreRows || result.cutColumns.length > 0, ...(note ? { note } : {}) };
      return { data, text: [...plan, ...(note ? [note] : [])].join('\n') };
    },
  });
}
