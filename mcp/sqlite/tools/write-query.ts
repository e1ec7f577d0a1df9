import { z } from 'zod';
import { type AnyTool, defineTool } from '#mcp/kit.ts';
import { shown } from '#mcp/words.ts';
import type { Backend } from '../backend.ts';
import type { Written } from '../engine/jobs.ts';
import { database, rowsAnswer, rowsShape } from './read-query.ts';

/** `write_query`: changes rows by one statement, all or nothing. */
export function writeQuery(backend: Backend): AnyTool {
  return defineTool({
    name: 'write_query',
    title: 'Change rows in SQLite',
    description:
      'Changes rows of a SQLite database by one INSERT, UPDATE, DELETE or REPLACE, all or nothing, and says how many. Look first with read_query and the same WHERE.',
    input: z.object({ query: z.string().describe('One statement of SQLite, with the values written in it'), database }),
    output: z.object({
      database: z.string(),
      changed: z.int().describe('Rows that the statement changed'),
      further: z.int().describe('Rows that triggers and foreign keys changed besides'),
      returned: rowsShape.optional().describe('Rows of RETURNING'),
    }),
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
    async run(args, context) {
      const job = { kind: 'write', sql: args.query, limits: backend.settings.limits } as const;
      const { database: name, result } = await backend.run(context, args.database, job);
      const returned = result.returned && rowsAnswer(result.returned);
      const { changes: changed, further } = result;
      const data = { database: name, changed, further, ...(returned && { returned: returned.data }) };
      return { data, text: [`${saidOf(result)} in ${shown(name)}.`, ...(returned ? [returned.text] : [])].join('\n') };
    },
  });
}

function saidOf({ changes, further }: Written): string {
  const rows = (count: number) => `${count} ${count === 1 ? 'row' : 'rows'}`;
  if (changes === 0 && further === 0) return 'Nothing matched: no row was changed';
  const besides = further === 0 ? '' : ` (and ${further} more by triggers or foreign keys)`;
  return `Changed ${rows(changes)}${besides}`;
}
