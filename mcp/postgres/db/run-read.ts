import { Query, type CustomTypesConfig, type QueryConfig, type ResultBuilder } from 'pg';
import type { Limits } from '../settings.ts';
import type { ReadStatement } from '../sql/parse.ts';
import { requireOpen, type Session } from './session.ts';
import type { Cell } from '#mcp/rows.ts';
import { isBounded, toCell } from './values.ts';

export interface Column {
  name: string;
  /** The type as PostgreSQL writes it, such as `numeric(10,2)`. */
  type: string;
}

export interface QueryResult {
  columns: Column[];
  rows: Cell[][];
  /** More rows exist than are here. */
  moreRows: boolean;
  /** The rows were cut because of their bytes, not their number. */
  cutByBytes: boolean;
  /** Names of columns in which at least one value was cut. */
  cutColumns: string[];
  /** How many characters a value has here at most. */
  cell: number;
}

interface Field {
  name: string;
  dataTypeID: number;
  dataTypeModifier: number;
}

interface RawResult {
  fields: Field[];
  rows: (string | null)[][];
  moreRows: boolean;
  cutByBytes: boolean;
}

const asText = { getTypeParser: () => (text: string) => text } as unknown as CustomTypesConfig;

/** How many characters a value keeps at least, where very many columns share the bytes of an answer. */
const minCell = 40;

/**
 * Runs a statement that the guard has passed and brings at most `maxRows` rows. A SELECT is wrapped, so that the server
 * itself ends it after one more row and cuts long values: a value of a gigabyte never leaves the database.
 */
export async function runRead(
  session: Session,
  statement: ReadStatement,
  limits: Limits,
  maxRows: number,
): Promise<QueryResult> {
  if (statement.kind !== 'select') {
    const raw = await fetchRows(session, statement.text, maxRows, limits.maxBytes);
    return assemble(session, raw.fields, raw, limits.maxCell);
  }
  const { fields } = await fetchRows(session, wrapped('SELECT *', statement.text, '', 0), 1, limits.maxBytes);
  const cell = Math.max(minCell, Math.min(limits.maxCell, Math.floor(limits.maxBytes / Math.max(1, fields.length))));
  const raw = await fetchRows(session, bounding(statement.text, fields, cell, maxRows + 1), maxRows, limits.maxBytes);
  return assemble(session, fields, raw, cell);
}

/** How many characters are sent in front of the statement: the server counts error positions from there. */
export function wrapOffset(): number {
  return wrapped('SELECT *', '', '', 0).indexOf('\n') + 1;
}

/** The line ends keep a comment at the end of the statement from swallowing what follows. */
function wrapped(select: string, text: string, names: string, limit: number): string {
  return `${select} FROM (\n${text}\n) AS q${names} LIMIT ${limit}`;
}

function bounding(text: string, fields: Field[], cell: number, limit: number): string {
  // The wrapper gives each column its own name, because two columns of the statement may have the same.
  const names = fields.map((_, index) => `c${index}`);
  const values = fields.map((field, index) =>
    isBounded(field.dataTypeID) ? names[index] : shortened(names[index]!, field.dataTypeID, cell),
  );
  const list = names.length > 0 ? `(${names.join(', ')})` : '';
  return wrapped(`SELECT ${values.join(', ')}`, text, list, limit);
}

/** text, varchar and name: their casts to text are built in, and cannot be replaced. */
const strings = new Set([19, 25, 1043]);

/**
 * A value as text, cut. A cast to text could be a function that somebody made for the type; format takes the type's own
 * output, which is what psql shows. This form of a test for NULL does not look into rows.
 */
function shortened(name: string, type: number, cell: number): string {
  // One more character tells a cut value from one that just fits.
  if (strings.has(type)) return `pg_catalog.left(${name}::pg_catalog.text, ${cell + 1})`;
  return `case when ${name} is distinct from null then pg_catalog.left(pg_catalog.format('%s', ${name}), ${cell + 1}) end`;
}

/** Streams rows by the extended protocol, which takes exactly one statement. */
async function fetchRows(session: Session, text: string, maxRows: number, maxBytes: number): Promise<RawResult> {
  requireOpen(session.cut);
  const raw: RawResult = { fields: [], rows: [], moreRows: false, cutByBytes: false };
  let bytes = 0;
  const query = new Query({ text, values: [], queryMode: 'extended', rowMode: 'array', types: asText } as QueryConfig);
  return new Promise((resolve, reject) => {
    query.on('row', (row: (string | null)[], result?: ResultBuilder) => {
      raw.fields = result?.fields ?? [];
      bytes += row.reduce((sum, value) => sum + (value === null ? 4 : Buffer.byteLength(value)), 0);
      if (bytes > maxBytes && raw.rows.length > 0) raw.cutByBytes = true;
      if (raw.rows.length >= maxRows || raw.cutByBytes) raw.moreRows = true;
      else raw.rows.push(row);
    });
    query.on('error', (error) => {
      // Rows that had come before this side ended the flow are an answer, if there is at least one.
      if (session.cut === 'oversize' && raw.rows.length > 0) resolve({ ...raw, moreRows: true, cutByBytes: true });
      else reject(error);
    });
    query.on('end', (result: ResultBuilder) => resolve({ ...raw, fields: result.fields }));
    session.client.query(query);
  });
}

async function assemble(session: Session, fields: Field[], raw: RawResult, cell: number): Promise<QueryResult> {
  const cut = new Set<string>();
  const rows = raw.rows.map((row) =>
    row.map((text, index) => {
      const field = fields[index]!;
      if (text === null || isBounded(field.dataTypeID)) return toCell(text, field.dataTypeID);
      const characters = text.length > cell ? Array.from(text) : [];
      if (characters.length <= cell) return toCell(text, field.dataTypeID);
      cut.add(field.name);
      return `${characters.slice(0, cell).join('')}…[cut after ${cell} characters]`;
    }),
  );
  return {
    columns: await nameTypes(session, fields),
    rows,
    moreRows: raw.moreRows,
    cutByBytes: raw.cutByBytes,
    cutColumns: [...cut],
    cell,
  };
}

const commonTypes = new Map([
  [16, 'boolean'],
  [20, 'bigint'],
  [23, 'integer'],
  [25, 'text'],
  [701, 'double precision'],
  [1082, 'date'],
  [1184, 'timestamp with time zone'],
]);

async function nameTypes(session: Session, fields: Field[]): Promise<Column[]> {
  const unknown = fields.filter((field) => !commonTypes.has(field.dataTypeID));
  const found = unknown.length > 0 && !session.cut ? await lookUpTypes(session, unknown) : new Map<string, string>();
  return fields.map((field) => ({
    name: field.name,
    type: commonTypes.get(field.dataTypeID) ?? found.get(typeKey(field)) ?? `oid ${field.dataTypeID}`,
  }));
}

function typeKey(field: Field): string {
  return `${field.dataTypeID}/${field.dataTypeModifier}`;
}

async function lookUpTypes(session: Session, fields: Field[]): Promise<Map<string, string>> {
  const distinct = [...new Map(fields.map((field) => [typeKey(field), field])).values()];
  const rows = await session.own(
    `select pg_catalog.format_type(id, mod) as name
       from unnest($1::oid[], $2::int[]) with ordinality as t(id, mod, place) order by place`,
    [distinct.map((field) => field.dataTypeID), distinct.map((field) => field.dataTypeModifier)],
  );
  return new Map(distinct.map((field, index) => [typeKey(field), String(rows[index]?.['name'])]));
}
