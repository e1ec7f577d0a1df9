import type { Redis } from 'ioredis';
import { z } from 'zod';
import { auditKinds, type AuditKind } from '#shared/run/audit-row.ts';
import { keys } from '#shared/redis/keys.ts';
import { namesMeant, namesOfWho } from '#shared/run/request.ts';

/** One row of the audit log. */
export interface AuditRow {
  /** The stream id: Redis' time in milliseconds, a dash, a number. */
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
  run: string;
  /** Whose run it is: `kind:id name`; '' for runs of versions that did not store it. */
  who: string;
  kind: AuditKind;
  /** The facts of this kind of row; see `auditRow`. */
  data: Record<string, unknown>;
  hash: string;
}

/** A row as stored: its data is still the text that the hash covers. */
export type StoredAuditRow = Record<'id' | 'run' | 'who' | 'kind' | 'data' | 'hash', string>;

/** Which rows are meant; an absent member does not narrow. */
export interface AuditFilter {
  run?: string;
  /** Id or name of the person whose run it is, `kind:id`, or the name of the person who decided. */
  user?: string;
  tool?: string;
  kinds?: AuditKind[];
  /** Milliseconds since the epoch. */
  since?: number;
  /** Only rows older than the one of this id, for the next page of a list; no such row need be there. */
  before?: string;
  limit: number;
}

const page = 500;

/** All rows, the oldest first, or those after the row of id `after`. */
export async function* readAudit(redis: Redis, after?: string): AsyncGenerator<StoredAuditRow> {
  for (let last = after; ;) {
    const rows = await readPage(redis, last);
    yield* rows;
    if (rows.length < page) return;
    last = rows.at(-1)?.id;
  }
}

/** Some rows after that of id `after`, or from the oldest on. */
export async function readPage(redis: Redis, after: string | undefined): Promise<StoredAuditRow[]> {
  const rows = await redis.xrange(keys.audit, after === undefined ? '-' : `(${after}`, '+', 'COUNT', page);
  return rows.map(([id, fields]) => storedRow(id, fields));
}

/** The row of this id; undefined when there is none. */
export async function auditRowAt(redis: Redis, id: string): Promise<StoredAuditRow | undefined> {
  const [found] = await redis.xrange(keys.audit, id, id);
  return found && storedRow(found[0], found[1]);
}

/** The row's time in milliseconds since the epoch. */
export function timeOfRow({ id }: Pick<StoredAuditRow, 'id'>): number {
  return Number(id.slice(0, id.indexOf('-')));
}

/** Makes a stored row from the fields of a stream row. */
export function storedRow(id: string, fields: string[]): StoredAuditRow {
  const [, run = '', , who = '', , kind = '', , data = '', , hash = ''] = fields;
  return { id, run, who, kind, data, hash };
}

const dataSchema = z.record(z.string(), z.unknown());

/** Undefined for a row of a kind that only newer versions know. */
export function parseRow(stored: StoredAuditRow): AuditRow | undefined {
  const kind = auditKinds.find((each) => each === stored.kind);
  return kind && { ...stored, kind, data: dataOf(stored), at: timeOfRow(stored) };
}

export function dataOf({ data }: Pick<StoredAuditRow, 'data'>): AuditRow['data'] {
  return dataSchema.parse(JSON.parse(data));
}

/**
 * The terms that find a row. `persons`: the names of the run's person, as `callerNames` gives them, and `by:` with the
 * name of the person who decided.
 */
export interface AuditTerms {
  run: string;
  kind: string;
  tool: string | undefined;
  persons: string[];
}

/** The kind may be one that only newer versions know. */
export function termsOf({
  run,
  kind,
  who,
  data,
}: Omit<AuditTerms, 'tool' | 'persons'> & Pick<AuditRow, 'who' | 'data'>): AuditTerms {
  const { tool, by } = data;
  const decider = typeof by === 'string' ? [`by:${by}`] : [];
  const named = namesOfWho(who).filter((name) => name !== '');
  return {
    run,
    kind,
    tool: typeof tool === 'string' ? tool : undefined,
    persons: [...new Set([...named, ...decider])],
  };
}

/** The names in `AuditTerms.persons` that a filter's person may stand for. */
export function personsMeant(user: string): string[] {
  return [...namesMeant(user), `by:${user}`];
}

function isOlder(id: string, than: string): boolean {
  const [[ms = 0, seq = 0], [thanMs = 0, thanSeq = 0]] = [id.split('-').map(Number), than.split('-').map(Number)];
  return ms < thanMs || (ms === thanMs && seq < thanSeq);
}

export function fitsAudit(row: AuditRow, filter: AuditFilter): boolean {
  const { run, kind, tool, persons } = termsOf(row);
  if (filter.since !== undefined && row.at < filter.since) return false;
  if (filter.before !== undefined && !isOlder(row.id, filter.before)) return false;
  if (filter.run !== undefined && run !== filter.run) return false;
  if (filter.tool !== undefined && tool !== filter.tool) return false;
  if (filter.kinds !== undefined && !filter.kinds.some((each) => each === kind)) return false;
  const { user } = filter;
  return user === undefined || personsMeant(user).some((name) => persons.includes(name));
}
