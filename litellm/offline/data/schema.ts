import { plainWords, stem } from '../words.ts';
import type { Result } from '../results.ts';

export type Kind = 'text' | 'number' | 'date' | 'other';

export interface Column {
  /** The table's name as the listing gives it. */
  table: string;
  name: string;
  kind: Kind;
  comment: string;
  isNullable: boolean;
  /** What it may hold, where a CHECK says so. */
  values: string[];
}

export interface Table {
  /** With its schema: `public.orders`. */
  name: string;
  isView: boolean;
  columns: Column[];
  key: string[];
  references: Reference[];
}

/** A foreign key of one column. */
export interface Reference {
  from: { table: string; column: string };
  to: { table: string; column: string };
}

/** What the results so far tell of the tables. `listed` are the names of all, `tables` those that were described. */
export interface Schema {
  listed: string[];
  tables: Table[];
}

export function readSchema(results: readonly Result[]): Schema {
  const listing = results.find(({ tool, grid }) => listsTables(tool) && grid !== undefined);
  const listed = listing?.grid?.rows.map((row) => row[0] ?? '') ?? [];
  const tables = results.flatMap((result) => {
    const table = describesTable(result.tool) ? readTable(result) : undefined;
    return table ? [table] : [];
  });
  const nameOf = (short: string) =>
    tables.find(({ name }) => name === short || shortName(name) === shortName(short))?.name;
  for (const table of tables) {
    table.references = table.references.flatMap(({ from, to }) => {
      const target = nameOf(to.table);
      return target === undefined ? [] : [{ from, to: { ...to, table: target } }];
    });
  }
  return { listed, tables };
}

export function listsTables(tool: string): boolean {
  const words = plainWords(tool).map(stem);
  return words.includes('list') && words.includes('table');
}

export function describesTable(tool: string): boolean {
  const words = plainWords(tool).map(stem);
  return words.includes('describe') && words.includes('table');
}

function readTable({ text }: Result): Table | undefined {
  const head = /^(table|view|materialized view|partitioned table|foreign table) (\S+?)(?::|\n|$)/.exec(text);
  if (!head) return undefined;
  const [, kind = '', name = ''] = head;
  const columns = [...text.matchAll(/^\| ([^|]+) \| ([^|]+) \| (yes|no) \| [^|]* \| ?([^|]*)\|$/gm)].map((row) => ({
    table: name,
    name: row[1]!.trim(),
    kind: kindOf(row[2]!.trim()),
    isNullable: row[3] === 'yes',
    comment: row[4]!.trim(),
    values: valuesOf(text, row[1]!.trim()),
  }));
  const key = /^Primary key: (.+)$/m.exec(text)?.[1]?.split(', ') ?? [];
  const own = text.split('\nReferenced by:')[0]!;
  const references = [...own.matchAll(/FOREIGN KEY \((\w+)\) REFERENCES ([\w."]+)\((\w+)\)/g)].map((found) => ({
    from: { table: name, column: found[1]! },
    to: { table: found[2]!.replaceAll('"', ''), column: found[3]! },
  }));
  return { name, isView: kind.includes('view'), columns, key, references };
}

function kindOf(type: string): Kind {
  if (/^(?:integer|bigint|smallint|numeric|real|double|decimal|money)/.test(type)) return 'number';
  if (/^(?:date|timestamp)/.test(type)) return 'date';
  return /^(?:text|character|varchar|citext|name|char)/.test(type) ? 'text' : 'other';
}

/** Reads `CHECK ((status = ANY (ARRAY['new'::text, …])))`. */
function valuesOf(text: string, column: string): string[] {
  const list = new RegExp(String.raw`CHECK \(\(+"?${column}"?\)?(?:::text)? = ANY \(+ARRAY\[(.*?)\]`).exec(text)?.[1];
  return [...(list ?? '').matchAll(/'((?:[^']|'')*)'/g)].map((found) => found[1]!.replaceAll("''", "'"));
}

export function shortName(table: string): string {
  return table.split('.').at(-1)!;
}

export function tableOf(schema: Schema, name: string): Table {
  return schema.tables.find((table) => table.name === name)!;
}

/** The foreign keys that lead from one table to another, the shortest way. Undefined when there is none. */
export function pathBetween(schema: Schema, from: string, to: string): Reference[] | undefined {
  const seen = new Set([from]);
  let ways: { at: string; path: Reference[] }[] = [{ at: from, path: [] }];
  while (ways.length > 0) {
    const found = ways.find(({ at }) => at === to);
    if (found) return found.path;
    ways = ways.flatMap(({ at, path }) =>
      neighbours(schema, at).flatMap(({ table, reference }) => {
        if (seen.has(table)) return [];
        seen.add(table);
        return [{ at: table, path: [...path, reference] }];
      }),
    );
  }
  return undefined;
}

function neighbours(schema: Schema, table: string): { table: string; reference: Reference }[] {
  return schema.tables
    .flatMap(({ references }) => references)
    .flatMap((reference) => {
      if (reference.from.table === table) return [{ table: reference.to.table, reference }];
      return reference.to.table === table ? [{ table: reference.from.table, reference }] : [];
    });
}

/** What people call a row by. */
export function isName({ name }: Column): boolean {
  return /^(?:name|title|label|full_name|display_name)$/.test(name);
}

/** Whether a column holds countries by their codes. */
export function holdsCountries({ name, comment }: Column): boolean {
  return /ISO 3166/i.test(comment) || name === 'country_code';
}
