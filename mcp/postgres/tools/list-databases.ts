import { z } from 'zod';
import { type AnyTool, defineTool } from '#mcp/kit.ts';
import type { Backend } from '../backend.ts';
import { attempt } from '../db/attempt.ts';
import type { Session } from '../db/session.ts';
import { table } from '#mcp/rows.ts';

/** How long databases are measured one by one. */
const togetherMs = 4_000;

const listSql = `
select d.datname as name, d.datname = current_database() as current,
       pg_catalog.shobj_description(d.oid, 'pg_database') as comment
  from pg_catalog.pg_database d
 where d.datallowconn and not d.datistemplate and pg_catalog.has_database_privilege(d.oid, 'CONNECT')
 order by d.datname limit 500`;

const sizesSql = `
select d.datname as name, pg_catalog.pg_database_size(d.oid)::float8 as bytes
  from pg_catalog.pg_database d where d.datname = any($1::name[])`;

interface DatabaseRow {
  name: string;
  current: boolean;
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
          bytes: z.number().nullable().describe('Null where it cannot be found out'),
          comment: z.string().nullable(),
        }),
      ),
    }),
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async run(_args, context) {
      const databases = await backend.session(context, undefined, readDatabases);
      const cells = databases.map((row) => [
        row.current ? `${row.name} (default)` : row.name,
        row.bytes ?? 'unknown',
        row.comment,
      ]);
      return { data: { databases }, text: table(['database', 'bytes', 'comment'], cells) };
    },
  });
}

/** The size of a database that is being dropped, or whose files are gone, costs that size alone. */
async function readDatabases(session: Session): Promise<(DatabaseRow & { bytes: number | null })[]> {
  const rows = (await session.own(listSql)) as unknown as DatabaseRow[];
  const sizes = new Map<string, number>();
  const measure = async (names: string[]) => {
    const found = await attempt(session, () => session.own(sizesSql, [names]));
    for (const row of 'value' in found ? found.value : []) sizes.set(String(row['name']), Number(row['bytes']));
    return 'value' in found;
  };
  const names = rows.map((row) => row.name);
  const end = Date.now() + Math.min(togetherMs, session.timeoutMs);
  if (!(await measure(names))) for (const name of names) if (Date.now() < end) await measure([name]);
  return rows.map((row) => ({ ...row, bytes: sizes.get(row.name) ?? null }));
}
