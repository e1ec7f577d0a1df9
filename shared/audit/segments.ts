import type { Redis } from 'ioredis';
import {
  dataOf,
  parseRow,
  personsMeant,
  storedRow,
  termsOf,
  timeOfRow,
  type AuditFilter,
  type AuditRow,
} from './log.ts';
import { keys } from '../keys.ts';

/**
 * The audit log's index: a thousand rows at a time form a segment, whose hash says for each run, person, tool and kind which
 * rows tell of it. It is made from the log itself, by housekeeping, some seconds behind: so the scripts that write rows do
 * nothing for it, rows of earlier versions are indexed like all others, and what is not indexed yet is simply read.
 */
export interface Segment {
  /** Ids of its first and its last row. */
  first: string;
  last: string;
}

const segmentRows = 1_000;

/** Indexes the next rows, at most `most` segments of them. Harmless when two do it at once. Returns how many it made. */
export async function indexAudit(redis: Redis, most = 50): Promise<number> {
  let [newest] = await readSegments(redis, 1);
  for (let made = 0; made < most; made += 1) {
    const from = newest ? `(${newest.last}` : '-';
    const rows = await redis.xrange(keys.audit, from, '+', 'COUNT', segmentRows);
    const [first, last] = [rows[0]?.[0], rows.at(-1)?.[0]];
    if (rows.length < segmentRows || first === undefined || last === undefined) return made;
    const fields = fieldsOf(first, rows);
    const text = `${first} ${last}`;
    const done = await redis
      .multi()
      .hset(keys.auditSegment(first), fields)
      .zadd(keys.auditSegments, timeOfRow({ id: last }), text)
      .exec();
    const failed = done?.find(([error]) => error !== null);
    if (failed?.[0]) throw failed[0];
    newest = { first, last };
  }
  return most;
}

/** By the terms of its rows, which rows they are in: times since the first one, to base 36. */
function fieldsOf(first: string, rows: [id: string, fields: string[]][]): Map<string, string> {
  const places = new Map<string, string[]>();
  for (const [id, stored] of rows) {
    const row = storedRow(id, stored);
    const { run, kind, tool, persons } = termsOf({ ...row, data: dataOf(row) });
    const fields = [`r:${run}`, `k:${kind}`, ...(tool === undefined ? [] : [`t:${tool}`]), ...persons.map(personField)];
    const place = placeOf(first, id);
    for (const field of fields) {
      const before = places.get(field);
      if (before) before.push(place);
      else places.set(field, [place]);
    }
  }
  return new Map([...places].map(([field, ids]) => [field, ids.join(' ')]));
}

const personField = (name: string) => `p:${name}`;

function placeOf(first: string, id: string): string {
  const seq = Number(id.slice(id.indexOf('-') + 1));
  const ms = (timeOfRow({ id }) - timeOfRow({ id: first })).toString(36);
  return seq === 0 ? ms : `${ms}-${seq.toString(36)}`;
}

function idOf(first: string, place: string): string {
  const [ms = '', seq = '0'] = place.split('-');
  return `${timeOfRow({ id: first }) + Number.parseInt(ms, 36)}-${Number.parseInt(seq, 36)}`;
}

/** Segments, the latest first; the latest `count` of them, or all. */
export async function readSegments(redis: Redis, count?: number): Promise<Segment[]> {
  const texts = await redis.zrevrange(keys.auditSegments, 0, count === undefined ? -1 : count - 1);
  return texts.map((text) => {
    const [first = '', last = ''] = text.split(' ');
    return { first, last };
  });
}

/** Forgets segments whose rows are all gone. */
export async function dropSegments(redis: Redis): Promise<void> {
  const [oldest] = await redis.xrange(keys.audit, '-', '+', 'COUNT', 1);
  const before = oldest ? `(${timeOfRow({ id: oldest[0] })}` : '+inf';
  const texts = await redis.zrangebyscore(keys.auditSegments, '-inf', before);
  if (texts.length === 0) return;
  const segments = texts.map((text) => keys.auditSegment(text.split(' ')[0] ?? ''));
  await redis
    .multi()
    .unlink(...segments)
    .zrem(keys.auditSegments, ...texts)
    .exec();
}

/** The fields of which a row must stand in one of each group, as the filter says it; none where only time narrows. */
export function fieldGroups({ run, user, tool, kinds }: AuditFilter): string[][] {
  return [
    run === undefined ? [] : [`r:${run}`],
    user === undefined ? [] : personsMeant(user).map(personField),
    tool === undefined ? [] : [`t:${tool}`],
    (kinds ?? []).map((kind) => `k:${kind}`),
  ].filter((group) => group.length > 0);
}

/** Ids of the rows of some segments that stand in one field of each group, the latest first; one round trip. */
export async function findInSegments(redis: Redis, segments: Segment[], groups: string[][]): Promise<string[]> {
  const pipeline = redis.pipeline();
  for (const { first } of segments) pipeline.hmget(keys.auditSegment(first), ...groups.flat());
  const replies = (await pipeline.exec()) ?? [];
  return segments.flatMap(({ first }, index) => {
    const [error, value] = replies[index] ?? [];
    if (error) throw error;
    const found = value as (string | null)[];
    let from = 0;
    const sets = groups.map((group) => {
      const texts = found.slice(from, (from += group.length));
      return new Set(texts.flatMap((text) => text?.split(' ') ?? []));
    });
    const [smallest, ...others] = sets.toSorted((a, b) => a.size - b.size);
    const places = [...(smallest ?? [])].filter((place) => others.every((set) => set.has(place)));
    return places.map((place) => idOf(first, place)).toSorted(latestFirst);
  });
}

function latestFirst(a: string, b: string): number {
  const [msA = 0, seqA = 0] = a.split('-').map(Number);
  const [msB = 0, seqB = 0] = b.split('-').map(Number);
  return msB - msA || seqB - seqA;
}

/** The rows of these ids, as far as they still stand; one round trip. */
export async function readRowsAt(redis: Redis, ids: string[]): Promise<AuditRow[]> {
  const pipeline = redis.pipeline();
  for (const id of ids) pipeline.xrange(keys.audit, id, id);
  return ((await pipeline.exec()) ?? []).flatMap(([error, value]) => {
    if (error) throw error;
    return (value as [id: string, fields: string[]][]).flatMap(([id, fields]) => parseRow(storedRow(id, fields)) ?? []);
  });
}
