import { z } from 'zod';
import { type AnyTool, defineTool } from '#mcp/kit.ts';
import type { Backend } from '../backend.ts';
import { table } from '../text.ts';

const listSql = `
select d.datname as name, d.datname = current_database() as current,
       pg_catalog.pg_database_size(d.oid)::float8 as bytes,
       pg_catalog.shobj_description(d.oid, 'pg_database') as comment
  from pg_catalog.pg_database d
 where d.datallowconn and not d.datistemplate and pg_catalog.has_database_privilege(d.oid, 'CONNECT')
 order by d.datname limit 500`;

interface DatabaseRow {
  name: string;
  current: boolean;
  bytes: number;
  comment: string | null;
}

/** `postgres_list_databases`: the databases of the server that the role may enter. */
export function listDatabases(backend: Backend): AnyTool {
  return defineTool({
    name: 'postgres_list_databases',
    title: 'List PostgreSQL databases',
    description:
      'Lists the databases of the server that can be read, with their sizes. The other PostgreSQL tools take a name from here as their argument database.',
    input: z.object({}),
    output: z.object({
      databases: z.array(
        z.object({
          name: z.string(),
          current: z.boolean().describe('True for the database that is used when none is named'),
          bytes: z.number(),
          comment: z.string().nullable(),
        }),
      ),
    }),
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async run(_args, context) {
      const rows = await backend.session(context, undefined, (session) => session.own(listSql));
      const databases = rows as unknown as DatabaseRow[];
      const cells = databases.map((row) => [row.current ? `${row.name} (default)` : row.name, row.bytes, row.comment]);
      return { data: { databases }, text: table(['database', 'bytes', 'comment'], cells) };
    },
  });
}
