import { z } from 'zod';
import { type AnyTool, defineTool } from '#mcp/kit.ts';
import type { Backend } from '#mcp/postgres/backend.ts';
import { answer, resultShape } from '#mcp/postgres/tools/query.ts';

/** `timescale_query`: rows of one reading statement. */
export function query(backend: Backend): AnyTool {
  return defineTool({
    name: 'timescale_query',
    title: 'Query TimescaleDB',
    description: `Runs one read-only SQL statement on TimescaleDB (PostgreSQL with time_bucket, first, last, locf …); at most ${backend.settings.limits.maxRows} rows. timescale_aggregate and timescale_latest need no SQL.`,
    input: z.object({ query: z.string().describe('One statement, with the values written in it') }),
    output: resultShape,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async run(args, context) {
      return answer(await backend.read(context, { sql: args.query }), undefined, backend.settings.limits.maxRows);
    },
  });
}
