import { isDeepStrictEqual } from 'node:util';
import type { Redis } from 'ioredis';
import { chainHash } from './chain.ts';
import { readAudit, readPage, timeOfRow, type StoredAuditRow } from './log.ts';
import { isGenuine, readMarks, type AuditMark } from './marks.ts';

/** The outcome of a check of the whole audit log. */
export interface AuditVerdict {
  rows: number;
  /** Time of the oldest row, in milliseconds since the epoch; `to` is that of the newest. */
  from?: number;
  to?: number;
  /** Hash of the newest row. A copy that is kept elsewhere shows later whether rows were taken from the end. */
  tip: string;
  /** Time of the row up to which a genuine seal vouches; absent without the key. */
  sealedTo?: number;
  /** A sentence for each problem; empty when no row was changed, taken out or put in. */
  problems: string[];
}

/** Rows that have left Redis for another place. */
export interface OlderRows {
  /** Where the rows begin: `cut` when retention has taken rows there too. Undefined when there is no row. */
  begin(): Promise<{ cut: AuditMark | undefined } | undefined>;
  /**
   * Returns some rows after the one of id `after` (undefined: from the oldest on) and before that of `before`; empty
   * when there are no more.
   */
  rows(after: string | undefined, before: string | undefined): Promise<StoredAuditRow[]>;
}

/**
 * Reads all rows, those of `older` and those in Redis, as one log and checks their chain. With `key` (the signing key)
 * it also checks the seal and the places where retention has cut.
 */
export async function checkAudit(redis: Redis, key?: string, older?: OlderRows): Promise<AuditVerdict> {
  for (;;) {
    const bounds = await readBounds(redis, older);
    const verdict = await checkRows(redis, bounds, key, older);
    if (verdict.problems.length === 0) return verdict;
    // When retention takes rows during the check, they look as if somebody had taken them out.
    if (isDeepStrictEqual((await readBounds(redis, older)).cuts, bounds.cuts)) return verdict;
  }
}

interface Bounds {
  seal: AuditMark | undefined;
  /** Where the log begins; undefined when it begins with the first row ever. */
  begin: AuditMark | undefined;
  /** All notes of what retention took. */
  cuts: AuditMark[];
}

async function readBounds(redis: Redis, older: OlderRows | undefined): Promise<Bounds> {
  const { seal, cut } = await readMarks(redis);
  const before = await older?.begin();
  const cuts = [cut, before?.cut].filter((each) => each !== undefined);
  return { seal, begin: before ? before.cut : cut, cuts };
}

async function checkRows(
  redis: Redis,
  { seal, begin, cuts }: Bounds,
  key: string | undefined,
  older: OlderRows | undefined,
): Promise<AuditVerdict> {
  const verdict: AuditVerdict = { rows: 0, tip: begin?.hash ?? '', problems: [] };
  let sealFits = false;
  for await (const row of older ? readBoth(redis, older) : readAudit(redis)) {
    if (verdict.rows === 0 && begin && begin.id !== row.id)
      verdict.problems.push(`The log must begin with row ${begin.id} and begins with ${row.id}.`);
    else if (chainHash(verdict.tip, row) !== row.hash)
      verdict.problems.push(`Row ${row.id} was changed, or rows before it were changed, taken out or put in.`);
    if (row.id === seal?.id) sealFits = row.hash === seal.hash;
    verdict.rows += 1;
    verdict.from ??= timeOfRow(row);
    verdict.to = timeOfRow(row);
    verdict.tip = row.hash;
  }
  if (key !== undefined) checkMarks(key, verdict, { cuts, seal, sealFits });
  return verdict;
}

/** All rows, the oldest first. Redis is read first, then what lies before: rows stand in `older` before they leave. */
async function* readBoth(redis: Redis, older: OlderRows): AsyncGenerator<StoredAuditRow> {
  for (let after: string | undefined; ;) {
    const rows = await readPage(redis, after);
    const next = rows[0]?.id;
    for (;;) {
      const before = await older.rows(after, next);
      yield* before;
      if (before.length === 0) break;
      after = before.at(-1)?.id;
    }
    yield* rows;
    if (next === undefined) return;
    after = rows.at(-1)?.id;
  }
}

interface Marks {
  cuts: AuditMark[];
  seal: AuditMark | undefined;
  /** True when the sealed row is there, with its hash. */
  sealFits: boolean;
}

function checkMarks(key: string, verdict: AuditVerdict, { cuts, seal, sealFits }: Marks): void {
  if (!cuts.every((cut) => isGenuine(key, 'cut', cut)))
    verdict.problems.push('The note of what retention took was not made with this signing key.');
  if (!seal) return;
  if (!isGenuine(key, 'seal', seal)) verdict.problems.push('The seal was not made with this signing key.');
  else if (!sealFits) verdict.problems.push(`The seal is of another row ${seal.id}: the log was changed or cut off.`);
  else verdict.sealedTo = timeOfRow(seal);
}
