import { attempt } from '../db/attempt.ts';
import type { Session } from '../db/session.ts';
import * as sql from './describe-sql.ts';
import type { FoundTable } from './find-table.ts';

export interface NamedDefinition {
  name: string;
  definition: string;
}

export interface DescribedColumn {
  name: string;
  type: string;
  nullable: boolean;
  default: string | null;
  comment: string | null;
}

export interface Description {
  schema: string;
  name: string;
  kind: string;
  comment: string | null;
  columns: DescribedColumn[];
  primary_key: string[];
  constraints: NamedDefinition[];
  referenced_by: NamedDefinition[];
  indexes: NamedDefinition[];
  types: NamedDefinition[];
  /** The query of a view. */
  definition: string | null;
  /** How it is divided, or of what it is a part. */
  partitioning: string | null;
  partitions: NamedDefinition[];
  notes: string[];
}

interface About {
  kind: keyof typeof kinds;
  comment: string | null;
  isPartition: boolean;
  hasPolicies: boolean;
  policiesHold: boolean;
  columns: number;
}

interface Partition {
  key: string | null;
  parent: string | null;
  bounds: string | null;
  children: number;
}

const kinds = {
  r: 'table',
  p: 'partitioned table',
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
} as const;

/**
 * Reads everything about a table from the catalogue; views and tables alike. A part that cannot be read is left out, and
 * the notes say so.
 */
export async function describe(session: Session, found: FoundTable): Promise<Description> {
  const notes: string[] = [];
  const part = async <T>(what: string, text: string): Promise<T[]> => {
    const read = await attempt(session, () => session.own(text, [found.id]));
    if ('value' in read) return read.value as unknown as T[];
    notes.push(`[${what} are not known: ${read.problem}]`);
    return [];
  };
  const list = async (what: string, text: string) => {
    const items = await part<NamedDefinition>(what, text);
    if (items.length > sql.maxItems) notes.push(`[cut: ${sql.maxItems} ${what} shown, more exist]`);
    return items.slice(0, sql.maxItems);
  };
  const [about] = await part<About>('kind and comment', sql.aboutSql);
  const columns = await part<DescribedColumn & { readable: boolean }>('columns', sql.columnsSql);
  const isView = about?.kind === 'v' || about?.kind === 'm';
  const [view] = isView ? await part<{ definition: string }>('details of its query', sql.viewSql) : [];
  const [partition] = await part<Partition>('partitions', sql.partitionSql);
  const [foreign] =
    about?.kind === 'f' ? await part<{ server: string; wrapper: string }>('details', sql.foreignSql) : [];
  const key = await part<{ name: string }>('keys', sql.keySql);
  const description: Description = {
    schema: found.schema,
    name: found.name,
    kind: about ? kinds[about.kind] : 'table',
    comment: about?.comment ?? null,
    columns: columns.map(({ name, type, nullable, default: made, comment }) => ({
      name,
      type,
      nullable,
      default: made,
      comment,
    })),
    primary_key: key.map((column) => column.name),
    constraints: await list('constraints', sql.constraintsSql),
    referenced_by: await list('references', sql.referencesSql),
    indexes: await list('indexes', sql.indexesSql),
    types: await list('types', sql.typesSql),
    definition: view?.definition ?? null,
    partitioning: partition ? partitioning(partition, about?.isPartition === true) : null,
    partitions: partition && partition.children > 0 ? await list('partitions', sql.childrenSql) : [],
    notes,
  };
  notes.push(...columnNotes(columns, about?.columns ?? columns.length, found));
  if (foreign) notes.push(`[its rows come from the foreign server ${foreign.server} (${foreign.wrapper})]`);
  if (about?.hasPolicies) notes.push(policyNote(about.policiesHold));
  return description;
}

function columnNotes(columns: { name: string; readable: boolean }[], total: number, { id }: FoundTable): string[] {
  const notes: string[] = [];
  if (total > columns.length)
    notes.push(
      `[cut: ${columns.length} of ${total} columns shown; the rest: SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = ${id} AND attnum > 0 AND NOT attisdropped ORDER BY attnum OFFSET ${columns.length}]`,
    );
  const closed = columns.filter((column) => !column.readable).map((column) => column.name);
  if (closed.length > 0) {
    const more = closed.length > 20 ? ` and ${closed.length - 20} more` : '';
    notes.push(
      `[this role may not read: ${closed.slice(0, 20).join(', ')}${more}; name the other columns instead of *]`,
    );
  }
  return notes;
}

function policyNote(hold: boolean): string {
  return hold
    ? '[row-level security: its policies decide which rows are seen here, so counts and sums may be of a part]'
    : '[row-level security is on, and does not hold for this role]';
}

function partitioning({ key, parent, bounds, children }: Partition, isPartition: boolean): string | null {
  const parts = [
    key === null ? undefined : `divided by ${key} into ${children} partitions`,
    parent === null
      ? undefined
      : isPartition
        ? `a partition of ${parent} ${bounds ?? ''}`.trim()
        : `inherits ${parent}`,
    key === null && children > 0 ? `${children} tables inherit it` : undefined,
  ];
  return parts.filter(Boolean).join('; ') || null;
}
