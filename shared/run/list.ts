import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { callerNames, namesMeant } from './request.ts';
import { decodeRecord, type RunRecord } from './record.ts';
import { unlessUnreadable } from './unreadable.ts';

/** Which runs are meant; an absent member does not narrow. */
export interface RunFilter {
  /** Kinds of failure (`RunRecord.reason`). */
  reasons?: string[];
  /** Milliseconds since the epoch: the run failed (or, in lists of all runs, was accepted) then or later. */
  since?: number;
  /** Only runs that come after this place, for the next page of a list. */
  before?: ListPlace;
  /** Id or name of the person who asked, or `kind:id`. */
  user?: string;
  limit: number;
}

/** A place in a list of runs, the latest first: of runs of the same millisecond, the one of the greater id is first. */
export interface ListPlace {
  /** Milliseconds since the epoch. */
  at: number;
  /** The run that stands there; without it the place is after all runs of that millisecond. */
  id?: string;
}

/** Compares two runs as lists order them. */
export function inListOrder(a: Required<ListPlace>, b: Required<ListPlace>): number {
  if (a.at !== b.at) return b.at - a.at;
  if (a.id === b.id) return 0;
  return a.id > b.id ? -1 : 1;
}

/** The rows that a list found, the latest first, and sentences about what it could not look at. */
export interface Found<Row> {
  rows: Row[];
  notes: string[];
  /** Ids of runs that this version cannot read, and that are therefore not among the rows. */
  unreadable?: string[];
}

/** Runs that failed and were neither replayed nor discarded, the latest first. */
export function listFailed(redis: Redis, filter: RunFilter): Promise<Found<RunRecord>> {
  const { user, reasons = [] } = filter;
  return search(redis, filter, keys.failed, [
    user === undefined ? [] : namesMeant(user).map(keys.failedOf),
    reasons.map(keys.failedFor),
  ]);
}

/** Runs of any state, the latest first; reasons do not narrow them. */
export function listRecent(redis: Redis, asked: RunFilter): Promise<Found<RunRecord>> {
  const { reasons: _, ...filter } = asked;
  const { user } = filter;
  return search(redis, filter, keys.recent, [user === undefined ? [] : namesMeant(user).map(keys.recentOf)]);
}

/** Most ids that one command asks for. */
const page = 500;

/**
 * `all` is the list that is not narrowed. `groups` holds, for each filter, the lists of which one must have a run; an
 * empty group does not narrow. The shortest group is read, and the others are only asked about the runs in it, so that
 * a search without hits costs almost nothing.
 */
async function search(redis: Redis, filter: RunFilter, all: string, groups: string[][]): Promise<Found<RunRecord>> {
  const narrowing = groups.filter((group) => group.length > 0);
  if (narrowing.length > 0 && (await redis.hget(keys.indexed, 'runs')) === null) return scan(redis, filter, all);
  const [shortest = [all], ...others] = await byLength(redis, narrowing);
  const size = others.length > 0 ? page : Math.min(filter.limit, page);
  const rows: RunRecord[] = [];
  const unreadable: string[] = [];
  for await (const ids of merged(redis, shortest, { since: filter.since, before: filter.before, size })) {
    for (const record of await readRuns(redis, await standingIn(redis, ids, others), unreadable)) {
      rows.push(record);
      if (rows.length === filter.limit) return { rows, notes: [], unreadable };
    }
  }
  return { rows, notes: [], unreadable };
}

async function byLength(redis: Redis, groups: string[][]): Promise<string[][]> {
  const sized = await Promise.all(
    groups.map(async (group) => {
      const counts = await Promise.all(group.map((key) => redis.zcard(key)));
      return { group, size: counts.reduce((sum, count) => sum + count, 0) };
    }),
  );
  return sized.toSorted((a, b) => a.size - b.size).map(({ group }) => group);
}

interface ListRange {
  since: number | undefined;
  before: ListPlace | undefined;
  /** How many rows one command reads. */
  size: number;
}

interface Reading {
  key: string;
  /** Ids that were read but not returned yet, with their times. */
  rows: { id: string; at: number }[];
  read: number;
  ended: boolean;
}

/** Merges the ids of several lists, the latest first, each once, in batches. */
async function* merged(redis: Redis, lists: string[], range: ListRange): AsyncGenerator<string[]> {
  const seen = new Set<string>();
  const readings = lists.map((key): Reading => ({ key, rows: [], read: 0, ended: false }));
  for (;;) {
    await Promise.all(readings.map((reading) => readOn(redis, reading, range)));
    if (readings.every(({ rows }) => rows.length === 0)) return;
    const ids: string[] = [];
    // Stop when one list must be read on: without its next row it is not known which of all comes next.
    while (readings.every(({ rows, ended }) => rows.length > 0 || ended)) {
      const next = readings.toSorted(byFirstRow)[0]?.rows.shift();
      if (!next) break;
      if (!seen.has(next.id)) ids.push(next.id);
      seen.add(next.id);
    }
    if (ids.length > 0) yield ids;
  }
}

async function readOn(redis: Redis, reading: Reading, { since, before, size }: ListRange): Promise<void> {
  const from = since ?? '-inf';
  const to = before === undefined ? '+inf' : `${before.id === undefined ? '(' : ''}${before.at}`;
  while (reading.rows.length === 0 && !reading.ended) {
    const flat = await redis.zrevrangebyscore(reading.key, to, from, 'WITHSCORES', 'LIMIT', reading.read, size);
    const found = flat.length / 2;
    for (let index = 0; index < flat.length; index += 2) {
      const row = { id: flat[index] ?? '', at: Number(flat[index + 1]) };
      // Redis orders members of the same score as `inListOrder` does.
      if (before?.id === undefined || inListOrder(row, { ...before, id: before.id }) > 0) reading.rows.push(row);
    }
    reading.read += found;
    reading.ended = found < size;
  }
}

/** Readings that have a row come before those that have none, in the order of their first rows. */
function byFirstRow({ rows: [a] }: Reading, { rows: [b] }: Reading): number {
  if (a && b) return inListOrder(a, b);
  return Number(b !== undefined) - Number(a !== undefined);
}

/** The ids that are in at least one list of each group. */
async function standingIn(redis: Redis, ids: string[], groups: string[][]): Promise<string[]> {
  let left = ids;
  for (const group of groups) {
    if (left.length === 0) return [];
    const scores = await Promise.all(group.map((key) => redis.zmscore(key, ...left)));
    left = left.filter((_, index) => scores.some((each) => (each[index] ?? null) !== null));
  }
  return left;
}

/** The stored runs of these ids, in order. Adds to `unreadable` the ids of those that this version cannot read. */
async function readRuns(redis: Redis, ids: string[], unreadable: string[]): Promise<RunRecord[]> {
  if (ids.length === 0) return [];
  const pipeline = redis.pipeline();
  for (const id of ids) pipeline.hgetall(keys.run(id));
  return ((await pipeline.exec()) ?? []).flatMap(([error, raw], index) => {
    if (error) throw error;
    const id = ids[index] ?? '';
    try {
      return decodeRecord(id, raw as Record<string, string>) ?? [];
    } catch (cause) {
      unlessUnreadable(cause);
      unreadable.push(id);
      return [];
    }
  });
}

/** The most runs that a list looks at while a store of an earlier version is not indexed yet. */
const scanned = 5_000;

async function scan(redis: Redis, filter: RunFilter, all: string): Promise<Found<RunRecord>> {
  const rows: RunRecord[] = [];
  const unreadable: string[] = [];
  let looked = 0;
  for await (const ids of merged(redis, [all], { since: filter.since, before: filter.before, size: page })) {
    for (const record of await readRuns(redis, ids, unreadable)) {
      if (fits(record, filter)) rows.push(record);
      if (rows.length === filter.limit) return { rows, notes: [], unreadable };
    }
    looked += ids.length;
    if (looked >= scanned) break;
  }
  const notes =
    looked < scanned
      ? []
      : [`Runs of an earlier version are still being indexed: only the latest ${looked} were looked at.`];
  return { rows, notes, unreadable };
}

function fits({ request, reason }: RunRecord, filter: RunFilter): boolean {
  const meant = filter.user === undefined ? undefined : namesMeant(filter.user);
  if (meant && !callerNames(request.caller).some((name) => meant.includes(name))) return false;
  return filter.reasons === undefined || filter.reasons.includes(reason ?? '');
}
