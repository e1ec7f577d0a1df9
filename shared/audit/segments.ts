import { createHash } from 'node:crypto';
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
import { keys } from '#shared/redis/keys.ts';

/**
 * The audit log's index. A thousand rows at a time form a segment; its hash says for each run, person, tool and kind
 * which rows tell of it. Housekeeping makes it from the log itself, some seconds behind. So the scripts that write rows
 * do no work for it, rows of earlier versions are indexed like all others, and rows that are not indexed yet are simply
 * read.
 */
export interface Segment {
  /** Ids of its first and its last row. */
  first: string;
  last: string;
}

const segmentRows = 1_000;

/** Indexes the next rows, at most `most` segments. Harmless when two do it at once. Returns how many it made. */
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

/**
 * What a segment's hash holds. Terms whose digests begin with the same character share the field of that character,
 * which lists `;<the rest of the digest>:<places>` for each. A few long fields take much less memory than hundreds of
 * short ones.
 */
function fieldsOf(first: string, rows: [id: string, fields: string[]][]): Map<string, string> {
  const places = new Map<string, string[]>();
  for (const [id, stored] of rows) {
    const row = storedRow(id, stored);
    const { run, kind, tool, persons } = termsOf({ ...row, data: dataOf(row) });
    const terms = [
      runTerm(run),
      kindTerm(kind),
      ...(tool === undefined ? [] : [toolTerm(tool)]),
      ...persons.map(personTerm),
    ];
    for (const term of terms) {
      const before = places.get(term);
      if (before) before.push(placeOf(first, id));
      else places.set(term, [placeOf(first, id)]);
    }
  }
  const fields = new Map<string, string>();
  for (const [term, of] of places) {
    const { field, rest } = digestOf(term);
    fields.set(field, `${fields.get(field) ?? ''};${rest}:${of.join(' ')}`);
  }
  return fields;
}

const runTerm = (run: string) => `r:${run}`;
const personTerm = (name: string) => `p:${name}`;
const toolTerm = (tool: string) => `t:${tool}`;
const kindTerm = (kind: string) => `k:${kind}`;

/** Two terms of a segment hardly ever have the same digest; where they do, some rows are read in vain. */
function digestOf(term: string): { field: string; rest: string } {
  const digest = createHash('sha1').update(term).digest('base64url');
  return { field: digest.slice(0, 1), rest: digest.slice(1, 5) };
}

/** The places of a term in the field of its digest. */
function placesIn(text: string, rest: string): string[] {
  const from = text.indexOf(`;${rest}:`);
  if (from === -1) return [];
  const end = text.indexOf(';', from + 1);
  return text.slice(from + rest.length + 2, end === -1 ? undefined : end).split(' ');
}

/** A row's place in its segment: its time since the first row's, in base 36. */
function placeOf(first: string, id: string): string {
  const seq = Number(id.slice(id.indexOf('-') + 1));
  const ms = (timeOfRow({ id }) - timeOfRow({ id: first })).toString(36);
  return seq === 0 ? ms : `${ms}-${seq.toString(36)}`;
}

function idOf(first: string, place: string): string {
  const [ms = '', seq = '0'] = place.split('-');
  return `${timeOfRow({ id: first }) + Number.parseInt(ms, 36)}-${Number.parseInt(seq, 36)}`;
}

/** Segments, the latest first: the latest `count` of them, or all. */
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

/** The groups of terms that the filter asks for: a row must have one term of each. None when only time narrows. */
export function termGroups({ run, user, tool, kinds }: AuditFilter): string[][] {
  return [
    run === undefined ? [] : [runTerm(run)],
    user === undefined ? [] : personsMeant(user).map(personTerm),
    tool === undefined ? [] : [toolTerm(tool)],
    (kinds ?? []).map(kindTerm),
  ].filter((group) => group.length > 0);
}

/** Ids of the rows of some segments that have a term of each group, the latest first; takes one round trip. */
export async function findInSegments(redis: Redis, segments: Segment[], groups: string[][]): Promise<string[]> {
  const digests = groups.map((terms) => terms.map(digestOf));
  const fields = [...new Set(digests.flat().map(({ field }) => field))];
  const pipeline = redis.pipeline();
  for (const { first } of segments) pipeline.hmget(keys.auditSegment(first), ...fields);
  const replies = (await pipeline.exec()) ?? [];
  return segments.flatMap(({ first }, index) => {
    const [error, value] = replies[index] ?? [];
    if (error) throw error;
    const texts = new Map(fields.map((field, at) => [field, (value as (string | null)[])[at] ?? '']));
    const sets = digests.map(
      (group) => new Set(group.flatMap(({ field, rest }) => placesIn(texts.get(field) ?? '', rest))),
    );
    const [smallest = new Set<string>(), ...others] = sets.toSorted((a, b) => a.size - b.size);
    const places = [...smallest].filter((place) => others.every((set) => set.has(place)));
    return places.map((place) => idOf(first, place)).toSorted(latestFirst);
  });
}

function latestFirst(a: string, b: string): number {
  const [msA = 0, seqA = 0] = a.split('-').map(Number);
  const [msB = 0, seqB = 0] = b.split('-').map(Number);
  return msB - msA || seqB - seqA;
}

/** The rows of these ids that are still there; takes one round trip. */
export async function readRowsAt(redis: Redis, ids: string[]): Promise<AuditRow[]> {
  const pipeline = redis.pipeline();
  for (const id of ids) pipeline.xrange(keys.audit, id, id);
  return ((await pipeline.exec()) ?? []).flatMap(([error, value]) => {
    if (error) throw error;
    return (value as [id: string, fields: string[]][]).flatMap(([id, fields]) => parseRow(storedRow(id, fields)) ?? []);
  });
}
