import type { Redis } from 'ioredis';
import { indexAudit } from '#shared/audit/segments.ts';
import { indexRuns } from '#shared/run/index-runs.ts';
import { attempt } from './attempt.ts';

/** Keeps operators' lists fast: indexes new rows of the audit log, and runs that an earlier version has stored. */
export async function indexRound(redis: Redis): Promise<void> {
  await attempt('index-runs', () => indexRuns(redis));
  await attempt('index-audit', () => indexAudit(redis));
}
