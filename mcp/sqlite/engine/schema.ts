import type { DatabaseSync } from 'node:sqlite';
import type { ColumnFacts, TableDescription, TableFacts, Tables } from './jobs.ts';

/** A longer list of tables is cut. */
const maxTables = 300;

/** More rows than this are not counted: each is read for it. */
const countedAtMost = 1_000_000;
/** How many milliseconds all counts of a list may take together. */
const countingMs = 1_500;

interface Listed {
  name: string;
  type: 'table' | 'view' | 'virtual' | 'shadow';
  ncol: number;
}

const kinds = { table: 'table', view: 'view', virtual: 'virtual table' } as const;

/** Tables and views, those with most rows first; not those in which SQLite and virtual tables keep their own data. */
export function listTables(db: DatabaseSync): Tables {
  const all = listed(db);
  const until = performance.now() + countingMs;
  const facts = all.slice(0, maxTables).map((each) => factsOf(db, each, performance.now() < until));
  const tables = facts.toSorted((a, b) => (b.rows ?? -1) - (a.rows ?? -1) || (a.name < b.name ? -1 : 1));
  return { tables, total: all.length };
}

function listed(db: DatabaseSync): Listed[] {
  const sql = `select name, type, ncol from pragma_table_list
    where schema = 'main' and type <> 'shadow' and name not like 'sqlite\\_%' escape '\\' order by name`;
  return db.prepare(sql).all() as unknown as Listed[];
}

function factsOf(db: DatabaseSync, { name, type, ncol }: Listed, count: boolean): TableFacts {
  return {
    name,
    kind: kinds[type as keyof typeof kinds] ?? 'table',
    columns: ncol,
    rows: count && type === 'table' ? countRows(db, name) : null,
  };
}

function countRows(db: DatabaseSync, name: string): number | null {
  const sql = `select count(*) as n from (select 1 from main.${quoted(name)} limit ${countedAtMost + 1})`;
  const found = Number(db.prepare(sql).get()?.['n']);
  return found > countedAtMost ? null : found;
}

/** A name as SQL takes it, whatever it holds. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Columns, keys and indexes of a table, or names that it may have been meant for. */
export function describeTable(db: DatabaseSync, asked: string): { found: TableDescription } | { similar: string[] } {
  const all = listed(db);
  const plain = asked.replace(/^(?:"?main"?\.)?(?:"(.*)"|\[(.*)\]|`(.*)`)$/s, '$1$2$3').replace(/^main\./i, '');
  const table =
    all.find(({ name }) => name === asked) ??
    all.find(({ name }) => name === plain) ??
    all.find(({ name }) => name.toLowerCase() === plain.toLowerCase());
  if (!table) return { similar: similar(all, plain) };
  const sql = db.prepare('select sql from main.sqlite_schema where name = ?').get(table.name)?.['sql'];
  return {
    found: {
      ...factsOf(db, table, true),
      columnFacts: columnsOf(db, table.name),
      foreignKeys: foreignKeysOf(db, table.name),
      indexes: indexesOf(db, table.name),
      sql: String(sql ?? ''),
    },
  };
}

function similar(all: readonly Listed[], asked: string): string[] {
  const outline = (name: string) =>
    name
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]/gu, '')
      .replace(/s$/, '');
  const wanted = outline(asked);
  const near = all.filter(({ name }) => {
    const other = outline(name);
    return wanted !== '' && (other.includes(wanted) || (other !== '' && wanted.includes(other)));
  });
  return (near.length > 0 ? near : all).slice(0, 20).map(({ name }) => name);
}

function columnsOf(db: DatabaseSync, table: string): ColumnFacts[] {
  const rows = db.prepare(`select * from pragma_table_xinfo(?) where hidden <> 1 order by cid`).all(table);
  return rows.map((row) => ({
    name: String(row['name']),
    type: String(row['type']),
    nullable: row['notnull'] === 0,
    default: row['dflt_value'] === null ? null : String(row['dflt_value']),
    key: Number(row['pk']),
    generated: Number(row['hidden']) > 1,
  }));
}

function foreignKeysOf(db: DatabaseSync, table: string): TableDescription['foreignKeys'] {
  const rows = db.prepare('select * from pragma_foreign_key_list(?) order by id, seq').all(table);
  const groups = Map.groupBy(rows, (row) => row['id']);
  return [...groups.values()].map((group) => ({
    columns: group.map((row) => String(row['from'])),
    table: String(group[0]!['table']),
    references: group.flatMap((row) => (row['to'] === null ? [] : [String(row['to'])])),
    onDelete: String(group[0]!['on_delete']),
  }));
}

function indexesOf(db: DatabaseSync, table: string): TableDescription['indexes'] {
  const rows = db.prepare('select name, "unique" as is_unique from pragma_index_list(?) order by name').all(table);
  return rows.map((row) => ({
    name: String(row['name']),
    unique: row['is_unique'] === 1,
    columns: db
      .prepare('select name from pragma_index_info(?) order by seqno')
      .all(String(row['name']))
      .map((column) => (column['name'] === null ? null : String(column['name']))),
  }));
}
