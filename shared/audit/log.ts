import type { Redis } from 'ioredis';
import { z } from 'zod';
import { auditKinds, type AuditKind } from './rows.ts';
import { keys } from '../keys.ts';

/** One row of the audit log. */
export interface AuditRow {
  /** Of the stream: Redis' time in milliseconds, a dash, a number. */
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
  run: string;
  /** Whose run it is: `kind:id name`; '' for runs of versions that did not store it. */
  who: string;
  kind: AuditKind;
  /** What the kind tells; see `auditRow`. */
  data: Record<string, unknown>;
  hash: string;
}

/** A row as stored: its data as text, as the hash covers it. */
export type StoredAuditRow = Record<'id' | 'run' | 'who' | 'kind' | 'data' | 'hash', string>;

/** Which rows are meant; what is absent does not narrow. */
export interface AuditFilter {
  run?: string;
  /** Id or name of the person whose run it is, `kind:id`, or the name of who decided. */
  user?: string;
  tool?: string;
  kinds?: AuditKind[];
  /** Milliseconds since the epoch. */
  since?: number;
  limit: number;
}

const page = 500;

/** Rows that fit, the latest first. */
export async function listAudit(redis: Redis, filter: AuditFilter): Promise<AuditRow[]> {
  const found: AuditRow[] = [];
  for (let end = '+'; ;) {
    const rows = await redis.xrevrange(keys.audit, end, String(filter.since ?? '-'), 'COUNT', page);
    for (const row of rows.map(([id, fields]) => parseRow(storedRow(id, fields)))) {
      if (!fits(row, filter)) continue;
      found.push(row);
      if (found.length === filter.limit) return found;
    }
    if (rows.length < page) return found;
    end = `(${rows.at(-1)?.[0] ?? ''}`;
  }
}

/** All rows, the oldest first, or those after the row of this id. */
export async function* readAudit(redis: Redis, after?: string): AsyncGenerator<StoredAuditRow> {
  for (let start = after === undefined ? '-' : `(${after}`; ;) {
    const rows = await redis.xrange(keys.audit, start, '+', 'COUNT', page);
    for (const [id, fields] of rows) yield storedRow(id, fields);
    if (rows.length < page) return;
    start = `(${rows.at(-1)?.[0] ?? ''}`;
  }
}

/** The row of this id; undefined when there is none. */
export async function auditRowAt(redis: Redis, id: string): Promise<StoredAuditRow | undefined> {
  const [found] = await redis.xrange(keys.audit, id, id);
  return found && storedRow(found[0], found[1]);
}

/** Milliseconds since the epoch. */
export function timeOfRow({ id }: Pick<StoredAuditRow, 'id'>): number {
  return Number(id.slice(0, id.indexOf('-')));
}

function storedRow(id: string, fields: string[]): StoredAuditRow {
  const [, run = '', , who = '', , kind = '', , data = '', , hash = ''] = fields;
  return { id, run, who, kind, data, hash };
}

const dataSchema = z.record(z.string(), z.unknown());

function parseRow(stored: StoredAuditRow): AuditRow {
  const kind = z.enum(auditKinds).parse(stored.kind);
  return { ...stored, kind, data: dataSchema.parse(JSON.parse(stored.data)), at: timeOfRow(stored) };
}

function fits({ run, who, kind, data }: AuditRow, filter: AuditFilter): boolean {
  if (filter.run !== undefined && run !== filter.run) return false;
  if (filter.tool !== undefined && data['tool'] !== filter.tool) return false;
  if (filter.kinds !== undefined && !filter.kinds.includes(kind)) return false;
  return filter.user === undefined || data['by'] === filter.user || isOf(who, filter.user);
}

/** `who` is `kind:id name`, of which an id has no space. */
function isOf(who: string, user: string): boolean {
  const [, kind = '', id = '', name = ''] = /^(\w+):(\S*)(?: (.*))?$/s.exec(who) ?? [];
  return [id, name, `${kind}:${id}`, `${kind}:${name}`].includes(user);
}
