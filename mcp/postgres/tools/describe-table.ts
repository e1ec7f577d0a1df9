import { z } from 'zod';
import { type AnyTool, defineTool } from '#mcp/kit.ts';
import type { Backend } from '../backend.ts';
import { table as textTable } from '#mcp/rows.ts';
import { describe, type Description } from './describe.ts';
import { findTable } from './find-table.ts';
import { database } from './query.ts';

const columnShape = z.object({
  name: z.string(),
  type: z.string(),
  nullable: z.boolean(),
  default: z.string().nullable().describe('The expression of the default, of a generated column, or IDENTITY'),
  comment: z.string().nullable(),
});

const namedDefinition = z.object({ name: z.string(), definition: z.string() });

/** `postgres_describe_table`: what a query on one table needs to know. */
export function describeTable(backend: Backend): AnyTool {
  return defineTool({
    name: 'postgres_describe_table',
    title: 'Describe a PostgreSQL table',
    description:
      'Shows one table or view: columns with types (labels of enums, checks of domains), keys in both directions, checks, indexes, partitions, the query of a view. Call it before writing a query.',
    input: z.object({
      table: z.string().min(1).describe('The name, or schema.name'),
      schema: z.string().min(1).optional().describe('The schema; needed only where several have such a table'),
      database,
    }),
    output: z.object({
      schema: z.string(),
      name: z.string(),
      kind: z.string(),
      comment: z.string().nullable(),
      columns: z.array(columnShape),
      primary_key: z.array(z.string()),
      constraints: z.array(namedDefinition).describe('Foreign keys, unique constraints and checks of this table'),
      referenced_by: z.array(namedDefinition).describe('Foreign keys of other tables that point here'),
      indexes: z.array(namedDefinition),
      types: z.array(namedDefinition).describe('Enums, domains, row and range types of the columns'),
      definition: z.string().nullable().describe('The query of a view'),
      partitioning: z.string().nullable(),
      partitions: z.array(namedDefinition),
      notes: z.array(z.string()).describe('What was left out or is not known'),
    }),
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async run(args, context) {
      const data = await backend.session(context, args.database, async (session) =>
        describe(session, await findTable(session, args.table, args.schema)),
      );
      return { data, text: toText(data) };
    },
  });
}

function toText(data: Description): string {
  const columns = data.columns.map((column) => [
    column.name,
    column.type,
    column.nullable ? 'yes' : 'no',
    column.default ?? '',
    column.comment ?? '',
  ]);
  return [
    `${data.kind} ${data.schema}.${data.name}${data.comment ? `: ${data.comment}` : ''}`,
    textTable(['column', 'type', 'null', 'default', 'comment'], columns),
    data.primary_key.length > 0 ? `Primary key: ${data.primary_key.join(', ')}` : 'No primary key.',
    ...section('Constraints', data.constraints),
    ...section('Referenced by', data.referenced_by),
    ...section('Indexes', data.indexes),
    ...section('Types', data.types),
    ...(data.partitioning === null ? [] : [`Partitioning: ${data.partitioning}`]),
    ...section('Partitions', data.partitions),
    ...(data.definition === null ? [] : [`Query of the view:\n${data.definition}`]),
    ...data.notes,
  ].join('\n');
}

function section(title: string, items: { name: string; definition: string }[]): string[] {
  return items.length === 0 ? [] : [`${title}:`, ...items.map((item) => `- ${item.name}: ${item.definition}`)];
}
