import { z } from 'zod';
import { type AnyTool, defineTool, ToolError } from '#mcp/kit.ts';
import { table } from '#mcp/rows.ts';
import { printable, shown } from '#mcp/words.ts';
import type { Backend } from '../backend.ts';
import type { ColumnFacts, TableDescription } from '../engine/jobs.ts';
import { listed } from '../databases.ts';
import { database } from './read-query.ts';

/** Characters of the statement that made the table. */
const maxSql = 4_000;

const output = z.object({
  database: z.string(),
  name: z.string(),
  kind: z.string(),
  rows: z.int().nullable(),
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      nullable: z.boolean(),
      default: z.string().nullable(),
      key: z.int().describe('Place in the primary key, from 1; 0 for none'),
      generated: z.boolean(),
    }),
  ),
  foreign_keys: z.array(z.string()),
  indexes: z.array(z.string()),
  sql: z.string().describe('The statement that made it'),
});

/** `describe_table`: columns, keys and indexes of a table. */
export function describeTable(backend: Backend): AnyTool {
  return defineTool({
    name: 'describe_table',
    title: 'Describe a SQLite table',
    description: 'Columns, keys, indexes and row count of one table or view of a SQLite database.',
    input: z.object({ table_name: z.string().min(1).describe('As list_tables shows it'), database }),
    output,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async run(args, context) {
      const job = { kind: 'table', name: args.table_name } as const;
      const { database: name, result } = await backend.run(context, args.database, job);
      if ('similar' in result) throw new ToolError(missing(args.table_name, name, result.similar));
      const data = dataOf(name, result.found);
      return { data, text: textOf(data) };
    },
  });
}

function missing(asked: string, name: string, similar: readonly string[]): string {
  const offer = similar.length === 0 ? 'It has none.' : `There is ${listed(similar)}.`;
  return `There is no table ${shown(asked)} in ${shown(name)}. ${offer}`;
}

function dataOf(name: string, found: TableDescription): z.output<typeof output> {
  const { columnFacts, foreignKeys, indexes, sql, kind, rows } = found;
  return {
    database: name,
    name: found.name,
    kind,
    rows,
    columns: columnFacts,
    foreign_keys: foreignKeys.map((key) => {
      const references = key.references.length > 0 ? `(${key.references.map(printable).join(', ')})` : '';
      const action = key.onDelete === 'NO ACTION' ? '' : ` on delete ${key.onDelete.toLowerCase()}`;
      return `${key.columns.map(printable).join(', ')} references ${printable(key.table)}${references}${action}`;
    }),
    indexes: indexes.map(
      (index) =>
        `${printable(index.name)}${index.unique ? ' unique' : ''} (${index.columns.map((each) => (each === null ? 'an expression' : printable(each))).join(', ')})`,
    ),
    sql: sql.length > maxSql ? `${sql.slice(0, maxSql)}…[cut; query sqlite_schema for all of it]` : sql,
  };
}

function textOf(data: z.output<typeof output>): string {
  const rows = data.rows === null ? '' : `, ${data.rows} rows`;
  const cells = data.columns.map((column) => [printable(column.name), column.type, factsOf(column)]);
  return [
    `${shown(data.name)} in ${shown(data.database)}: ${data.kind}${rows}`,
    table(['column', 'type', 'facts'], cells),
    ...(data.foreign_keys.length > 0 ? [`Foreign keys: ${data.foreign_keys.join('; ')}`] : []),
    ...(data.indexes.length > 0 ? [`Indexes: ${data.indexes.join('; ')}`] : []),
    ...(data.kind === 'table' ? [] : [data.sql]),
  ].join('\n');
}

function factsOf({ key, nullable, generated, default: initial }: ColumnFacts): string {
  return [
    key > 0 ? 'primary key' : undefined,
    nullable ? undefined : 'not null',
    generated ? 'generated' : undefined,
    initial === null ? undefined : `default ${initial}`,
  ]
    .filter(Boolean)
    .join(', ');
}
