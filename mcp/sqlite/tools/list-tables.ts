import { z } from 'zod';
import { type AnyTool, defineTool, ToolError, type ToolContext } from '#mcp/kit.ts';
import { table } from '#mcp/rows.ts';
import { printable, shown } from '#mcp/words.ts';
import type { Backend } from '../backend.ts';
import type { Tables } from '../engine/jobs.ts';
import { database } from './read-query.ts';

/** So many databases are looked into when a call names none. */
const maxDatabases = 10;

const databaseShape = z.object({
  name: z.string(),
  tables: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      columns: z.int(),
      rows: z.int().nullable().describe('Null where it is not known: views, tables of over a million rows'),
    }),
  ),
  problem: z.string().optional().describe('Why its tables are not known'),
});

type Found = z.output<typeof databaseShape> & { more?: number };

/** `list_tables`: the tables of one database, or of all. */
export function listTables(backend: Backend): AnyTool {
  return defineTool({
    name: 'list_tables',
    title: 'List SQLite tables',
    description:
      'Lists the SQLite databases and their tables with row counts, most rows first. Start here to learn what they hold.',
    input: z.object({ database: database.describe('Only this database file; all when absent') }),
    output: z.object({
      databases: z.array(databaseShape),
      truncated: z.boolean(),
      note: z.string().optional().describe('What was left out and how to get it'),
    }),
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async run(args, context) {
      const all = await backend.databases.names();
      // Says what to do where there is none.
      const named = args.database !== undefined || all.length === 0;
      const names = named ? [(await backend.databases.file(args.database)).name] : all;
      const looked = names.slice(0, maxDatabases);
      const found: Found[] = [];
      for (const name of looked) found.push(await look(backend, context, name, names.length === 1));
      return answer(found, names.length - looked.length);
    },
  });
}

/** One database that cannot be read does not keep the others away. */
async function look(backend: Backend, context: ToolContext, name: string, only: boolean): Promise<Found> {
  try {
    return foundIn(name, (await backend.run(context, name, { kind: 'tables' })).result);
  } catch (error) {
    if (only || context.signal.aborted || !(error instanceof ToolError)) throw error;
    return { name, tables: [], problem: error.message };
  }
}

function foundIn(name: string, { tables, total }: Tables): Found {
  const more = total - tables.length;
  return { name, tables, ...(more > 0 && { more }) };
}

function answer(all: Found[], moreDatabases: number) {
  const notes = all
    .filter(({ more }) => more !== undefined)
    .map(({ name, more }) => `[cut: ${shown(name)} has ${more} more tables; query sqlite_schema with read_query]`);
  if (moreDatabases > 0) notes.push(`[cut: ${moreDatabases} more databases; name one as database]`);
  const note = notes.length > 0 ? notes.join('\n') : undefined;
  const data = {
    databases: all.map(({ name, tables, problem }) => ({ name, tables, ...(problem !== undefined && { problem }) })),
    truncated: notes.length > 0,
    ...(note === undefined ? {} : { note }),
  };
  const parts = all.map(textOf);
  return { data, text: [...parts, ...(note === undefined ? [] : [note])].join('\n\n') };
}

function textOf({ name, tables, problem }: Found): string {
  if (problem !== undefined) return `Database ${shown(name)}: ${problem}`;
  if (tables.length === 0) return `Database ${shown(name)} has no tables.`;
  const cells = tables.map((each) => [printable(each.name), each.kind, each.columns, each.rows ?? 'unknown']);
  return `Database ${shown(name)}, ${tables.length} tables and views:\n${table(['table', 'kind', 'columns', 'rows'], cells)}`;
}
