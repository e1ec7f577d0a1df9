import type { Redis } from 'ioredis';
import { chainHash } from './rows.ts';
import { readAudit, timeOfRow } from './log.ts';
import { isGenuine, readMarks, type AuditMark } from './marks.ts';

/** What a check of the whole audit log came to. */
export interface AuditVerdict {
  rows: number;
  /** Milliseconds since the epoch, of the oldest and the newest row. */
  from?: number;
  to?: number;
  /** Hash of the newest row: kept elsewhere, it shows later whether rows were taken from the end. */
  tip: string;
  /** Time of the row up to which a genuine seal vouches; absent without the key. */
  sealedTo?: number;
  /** Sentences; empty when nothing was changed, taken out or put in. */
  problems: string[];
}

/** Reads all rows and checks their chain; with `key` (the signing key) also the seal, and the place where retention cut. */
export async function checkAudit(redis: Redis, key?: string): Promise<AuditVerdict> {
  for (;;) {
    const marks = await readMarks(redis);
    const verdict = await checkRows(redis, marks, key);
    // Rows that retention takes meanwhile look as if somebody had taken them out.
    if (verdict.problems.length === 0 || (await readMarks(redis)).cut?.mac === marks.cut?.mac) return verdict;
  }
}

type StoredMarks = Awaited<ReturnType<typeof readMarks>>;

async function checkRows(redis: Redis, { seal, cut }: StoredMarks, key: string | undefined): Promise<AuditVerdict> {
  const verdict: AuditVerdict = { rows: 0, tip: cut?.hash ?? '', problems: [] };
  let sealFits = false;
  for await (const row of readAudit(redis)) {
    if (verdict.rows === 0 && cut && cut.id !== row.id)
      verdict.problems.push(`The log must begin with row ${cut.id} and begins with ${row.id}.`);
    else if (chainHash(verdict.tip, row) !== row.hash)
      verdict.problems.push(`Row ${row.id} was changed, or rows before it were changed, taken out or put in.`);
    if (row.id === seal?.id) sealFits = row.hash === seal.hash;
    verdict.rows += 1;
    verdict.from ??= timeOfRow(row);
    verdict.to = timeOfRow(row);
    verdict.tip = row.hash;
  }
  if (key !== undefined) checkMarks(key, verdict, { cut, seal, sealFits });
  return verdict;
}

interface Marks {
  cut: AuditMark | undefined;
  seal: AuditMark | undefined;
  /** True when the sealed row is there, with its hash. */
  sealFits: boolean;
}

function checkMarks(key: string, verdict: AuditVerdict, { cut, seal, sealFits }: Marks): void {
  if (cut && !isGenuine(key, 'cut', cut))
    verdict.problems.push('The note of what retention took was not made with this signing key.');
  if (!seal) return;
  if (!isGenuine(key, 'seal', seal)) verdict.problems.push('The seal was not made with this signing key.');
  else if (!sealFits) verdict.problems.push(`The seal is of another row ${seal.id}: the log was changed or cut off.`);
  else verdict.sealedTo = timeOfRow(seal);
}
