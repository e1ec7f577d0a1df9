import type { Sealing } from '#shared/audit/keep.ts';
import { errorText } from '#shared/ground/errors.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import { createLogger } from '#shared/process/log.ts';
import { mendings, type HousekeepingTask, type RunLimit } from '#shared/process/metric-labels.ts';
import { metrics } from '#shared/process/metrics.ts';
import type { RunRequest } from '#shared/run/request.ts';
import type { Reconciled } from '#shared/run/reconcile.ts';

const log = createLogger('loop');

/** A worker took the run; `waitedMs` is set the first time. */
export function runClaimed(epoch: number, waitedMs: number | undefined): void {
  if (waitedMs !== undefined) metrics.runWait.observe(Math.max(0, waitedMs) / 1_000);
  log.debug({ epoch, waitedMs }, 'run claimed');
}

export function runEnded({ caller, replayOf, dryRun }: RunRequest, end: EntryOf<'run.ended'>): void {
  metrics.runs.inc({ source: caller.kind, outcome: end.outcome });
  if (replayOf !== undefined) metrics.replays.inc({ outcome: dryRun ? 'dry-run' : end.outcome });
  metrics.runDuration.observe(end.durationMs / 1_000);
  metrics.runIterations.observe(end.iterations);
  if (end.firstTokenMs !== undefined) metrics.runFirstToken.observe(end.firstTokenMs / 1_000);
  const { outcome, reason, iterations, durationMs, usage, tools } = end;
  log.info(
    { source: caller.kind, replayOf, dryRun, outcome, reason, iterations, durationMs, usage, tools },
    'run ended',
  );
}

/** Another worker holds the run; this one drops it. */
export function runFenced(epoch: number): void {
  log.warn({ epoch }, 'another worker has taken the run over; dropped');
}

/** Redis does not take what a run has come to; it is tried again. */
export function journalRefused(error: string): void {
  log.warn({ error }, 'Redis does not take the journal; trying again');
}

/** The process ends before the run does. */
export function runHandedOver(epoch: number): void {
  log.info({ epoch }, 'run handed over to another worker');
}

/** The run waits for a human and holds no worker. */
export function runSuspended(): void {
  log.info('run waits for a human');
}

export function approvalAsked(question: { tool: string; kind: string }): void {
  metrics.approvals.inc({ outcome: 'requested' });
  log.info(question, 'approval requested');
}

/** A limit ended the run or changed its course. */
export function limitHit(limit: RunLimit): void {
  metrics.limitsHit.inc({ limit });
  log.info({ limit }, 'limit reached');
}

/** Older messages of a talk went into its summary, which stands for `inAll` messages now. */
export function talkSummarised(summary: { model: string; messages: number; inAll: number }): void {
  log.info(summary, 'a talk was summarised');
}

/** The talk's next question looks back less far; after it the summary is tried again. */
export function summaryFailed(failure: { model: string; error: string }): void {
  log.warn(failure, 'a talk could not be summarised');
}

export function modelRetried(failure: { reason: string; attempt: number; retryInMs: number }): void {
  log.warn(failure, 'the model failed; asking again');
}

/** Something that should not happen ended the run. */
export function runBroke(error: unknown): void {
  log.error({ error: errorText(error), stack: error instanceof Error ? error.stack : undefined }, 'run broke');
}

/** What housekeeping has removed, by kind. Failed runs that grew too old are gone for good, so they are logged. */
export function cleaned(forgotten: Record<string, number>): void {
  if (Object.values(forgotten).some((count) => count > 0)) log.info(forgotten, 'forgot what was kept long enough');
}

/** What moved from Redis to the archive. */
export function archived({ runs, rows, forgotten }: { runs: number; rows: number; forgotten: number }): void {
  metrics.archived.inc({ what: 'runs' }, runs);
  metrics.archived.inc({ what: 'audit-rows' }, rows);
  if (runs + rows + forgotten > 0)
    log.info({ runs, rows, forgotten }, 'moved to the archive; forgot there what is too old');
}

/** Redis was short of memory and the archive could not take the runs that had to go. */
export function wentUnarchived(runs: number, error: string): void {
  metrics.runsUnarchived.inc({}, runs);
  log.error({ runs, error }, 'runs were forgotten for good: Redis is short of memory, and the archive is away');
}

/** The log takes the sealed row's hash out of Redis' reach, so that rows taken from the end can be noticed. */
export function auditSealing(sealing: Sealing): void {
  if (sealing.state === 'unchanged') return;
  metrics.auditSeals.inc({ outcome: sealing.state });
  if (sealing.state === 'sealed') log.info({ row: sealing.row.id, hash: sealing.row.hash }, 'sealed the audit log');
  else log.error('the audit log was changed, or sealed with another key; dragoman audit check tells more');
}

/** A part of housekeeping failed; it is tried again in its next round. */
export function taskFailed(task: HousekeepingTask, error: string): void {
  metrics.housekeepingFailures.inc({ task });
  log.error({ task, error }, 'housekeeping failed');
}

/** What a sweep has mended. `lost` counts jobs of workers that have died; the rest is explained at `Reconciled`. */
export function swept(counts: { lost: number; approvals: number } & Partial<Reconciled>): void {
  const found = mendings.filter((what) => (counts[what] ?? 0) > 0);
  if (found.length === 0) return;
  for (const what of found) metrics.runsMended.inc({ what }, counts[what]);
  log.info(counts, 'looked after what was left behind');
}
