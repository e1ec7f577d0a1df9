import { rowsAnswer } from '#mcp/sqlite/tools/read-query.ts';
import { asData } from '#services/worker/tools/result-text.ts';
import type { Builtin } from '../builtin.ts';
import type { AttachedTables } from './attached-tables.ts';

export const queryAttachmentName = 'query_attachment';

/** Characters of a result; more than the rows of one answer may take. */
const resultChars = 80_000;

/** `query_attachment(query)`: rows of the tables that came with the question. Without `tables` it refuses each call. */
export function queryAttachment(tables: AttachedTables | undefined): Builtin {
  return {
    tool: {
      name: queryAttachmentName,
      wireName: queryAttachmentName,
      domain: 'builtin',
      title: 'Query attached tables',
      description:
        "Runs one reading SQL statement of SQLite over the tables (CSV, Excel) that came with the user's question, which names them; at most 200 rows. Prefer aggregates to many rows.",
      inputSchema: {
        type: 'object',
        properties: { query: { type: 'string', maxLength: 20_000, description: 'One SELECT' } },
        required: ['query'],
        additionalProperties: false,
      },
      readOnly: true,
      repeatable: true,
      // What somebody has attached may come from anybody.
      openWorld: true,
      remembered: false,
    },
    async run({ query }, { runId, signal, tool }) {
      if (!tables) throw new RangeError('Attached tables cannot be queried here.');
      const { data, text } = rowsAnswer(await tables.query(runId, String(query), signal));
      const size = { count: data.row_count, of: 'rows', ...(data.truncated && { more: true }) };
      return { content: asData(tool, text, resultChars), size };
    },
  };
}
