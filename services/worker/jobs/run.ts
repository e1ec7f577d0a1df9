import { hostname } from 'node:os';
import { FencedError } from '#shared/errors.ts';
import type { StoredEntry } from '#shared/journal-entries.ts';
import { openJournal } from '#shared/journal.ts';
import { withRun } from '#shared/log.ts';
import { HandedOver, type JobContext } from '#shared/queues.ts';
import type { JobPayload } from '#shared/jobs.ts';
import { claimRun } from '#shared/claim.ts';
import { readRun, resumeRun, suspendRun } from '#shared/runs.ts';
import { limitHit, runClaimed, runFenced, runHandedOver, runSuspended } from '../events.ts';
import { readHistory } from '../history/history.ts';
import { trimHistory } from '../history/trim.ts';
import { endOf, finishRun } from '../loop/end-run.ts';
import { joinSignals, ShuttingDown } from '../loop/interrupts.ts';
import { runLoop } from '../loop/loop.ts';
import { createRecorder } from '../loop/recorder.ts';
import type { LoopParts, Run } from '../loop/run.ts';
import { rebuild, type RunState } from '../loop/state.ts';
import type { Held, Stops } from '../loop/stops.ts';

const workerName = `${hostname()}:${process.pid}`;

export interface RunJobParts extends LoopParts {
  stops: Stops;
}

/**
 * Works on one run from where its journal stands: to its end, until a human is asked, or until this process must end,
 * when the job goes to another worker. Rejects only for failures that another try may mend.
 */
export function handleRun(
  parts: RunJobParts,
  { runId, conversation }: JobPayload<'run'>,
  job: Pick<JobContext, 'signal'>,
): Promise<void> {
  return withRun(runId, async () => {
    // Held before it is claimed: a stop after the claim is heard, one before it stands in the journal.
    using held = parts.stops.hold(runId);
    const history = conversation === undefined ? undefined : { conversation, max: parts.config.HISTORY_MAX_MESSAGES };
    const claim = await claimRun(parts.redis, runId, workerName, history);
    if (claim.state !== 'claimed') return;
    try {
      const stored = history && claim.history;
      await work(parts, { runId, ...claim, history: stored, held, shutdown: job.signal });
    } catch (error) {
      if (!(error instanceof FencedError)) throw error;
      runFenced(claim.epoch);
    }
  });
}

interface Claimed {
  runId: string;
  epoch: number;
  journal: StoredEntry[];
  /** The conversation's stored lines, when they came with the claim. */
  history: string[] | undefined;
  held: Held;
  shutdown: AbortSignal;
}

async function work(parts: RunJobParts, claimed: Claimed): Promise<void> {
  const { runId, epoch, journal, held, shutdown } = claimed;
  const state = rebuild(journal);
  if (!state) throw new Error('the journal does not begin with a request');
  runClaimed(epoch, epoch === 1 ? (state.firstClaimAt ?? state.acceptedAt) - state.acceptedAt : undefined);
  if (state.stopBy !== undefined) held.stop(state.stopBy);
  using signals = joinSignals(held.signal, shutdown, timeLeft(state, parts));
  const recorder = createRecorder(openJournal(parts.redis, runId, epoch), state);
  const run: Run = { id: runId, epoch, parts, state, recorder, signals, history: [], offer: undefined };
  try {
    if (state.idleClaims > parts.config.RUN_MAX_ATTEMPTS) return await giveUp(run);
    run.history = await historyOf(run, claimed.history);
    const end = await runLoop(run);
    if (end.kind === 'suspended') return await suspend(run);
    const { kind: outcome, ...rest } = end;
    await finishRun(run, { outcome, ...rest });
  } catch (error) {
    await afterError(run, error);
  }
}

async function historyOf({ parts, state }: Run, stored: string[] | undefined): Promise<Run['history']> {
  const { HISTORY_MAX_MESSAGES, HISTORY_MAX_TOKENS } = parts.config;
  const lines = await readHistory(parts.redis, state.request, HISTORY_MAX_MESSAGES, stored);
  const kept = await trimHistory(lines, HISTORY_MAX_TOKENS);
  // An answer that rests on text from outside may carry it on into later runs.
  if (kept.some((line) => line.outside)) state.outside = true;
  return kept;
}

/** Milliseconds that the run may go on: its own deadline from acceptance, ours without the waiting for humans. */
function timeLeft(state: RunState, parts: RunJobParts): number {
  const now = Date.now();
  const worked =
    now - (state.firstClaimAt ?? now) - state.waitedMs - (state.waitingSince ? now - state.waitingSince : 0);
  const ours = parts.config.RUN_DEADLINE_MS - worked;
  const { deadlineMs } = state.request;
  return deadlineMs === undefined ? ours : Math.min(ours, state.acceptedAt + deadlineMs - now);
}

async function giveUp(run: Run): Promise<void> {
  limitHit('attempts');
  const text = `This question was given up: ${run.state.idleClaims - 1} workers broke down over it.`;
  await finishRun(run, { outcome: 'failed', reason: 'poison', text });
}

async function suspend(run: Run): Promise<void> {
  const { redis, queues } = run.parts;
  await suspendRun(redis, run.id, run.epoch);
  runSuspended();
  // A decision or a stop may have come before the run was marked as waiting: then nobody else wakes it.
  const stopped = (await readRun(redis, run.id))?.stop !== undefined;
  await resumeRun(redis, queues, run.id, stopped ? 'any' : 'decided');
}

async function afterError(run: Run, error: unknown): Promise<void> {
  if (error instanceof FencedError) throw error;
  if (error instanceof ShuttingDown) {
    await run.recorder.flush();
    runHandedOver(run.epoch);
    throw new HandedOver('this worker is shutting down');
  }
  const end = endOf(run, error);
  if (!end) throw error;
  await finishRun(run, end);
}
