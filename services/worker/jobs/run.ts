import { hostname } from 'node:os';
import { clockFrom } from '#shared/redis/clock.ts';
import { FencedError } from '#shared/ground/errors.ts';
import { withRun } from '#shared/process/log.ts';
import { HandedOver, type JobContext } from '#shared/queue/queues.ts';
import type { JobPayload } from '#shared/queue/jobs.ts';
import type { Claim } from '#shared/run/claim.ts';
import { foldJournal } from '#shared/run/fold/fold.ts';
import type { JournalEntry } from '#shared/run/journal-entries.ts';
import type { RunState } from '#shared/run/fold/run-state.ts';
import { limitHit, runClaimed, runFenced, runHandedOver, runSuspended } from '../events.ts';
import { noHistory } from '../history/history.ts';
import { lookBack } from '../history/look-back.ts';
import { nearsItsLimit, summariseTalk } from '../history/summarise.ts';
import { recordBrokenOff } from '../loop/broken-off.ts';
import { endOf, finishRun } from '../loop/end-run.ts';
import { joinSignals, ShuttingDown } from '../loop/interrupts.ts';
import { runLoop } from '../loop/loop.ts';
import { createRecorder } from '../loop/recorder.ts';
import type { LoopParts, Run } from '../loop/held-run.ts';
import type { Held, Stops } from '../loop/stops.ts';
import { untilTaken } from '../loop/until-taken.ts';

/** What a run holds before it has looked back. */
const unread = { history: noHistory, room: 0, fading: undefined, offer: undefined };

const workerName = `${hostname()}:${process.pid}`;

export interface RunJobParts extends LoopParts {
  stops: Stops;
}

/**
 * Works on one run from where its journal stands: until it ends, until a human is asked, or until this process must
 * end, when the job goes to another worker. Rejects only for failures that another try may mend.
 */
export function handleRun(
  parts: RunJobParts,
  { runId }: JobPayload<'run'>,
  job: Pick<JobContext, 'signal'>,
): Promise<void> {
  return withRun(runId, async () => {
    // The run is held before it is claimed: a stop after the claim is heard, and a stop before it stands in the
    // journal.
    using held = parts.stops.hold(runId);
    const claim = await parts.runs.claim(runId, workerName, parts.config.HISTORY_MAX_MESSAGES);
    if (claim.state !== 'claimed') return;
    try {
      await work(parts, runId, claim, { held, shutdown: job.signal });
    } catch (error) {
      if (!(error instanceof FencedError)) throw error;
      runFenced(claim.epoch);
    }
  });
}

async function work(
  parts: RunJobParts,
  runId: string,
  claim: Extract<Claim, { state: 'claimed' }>,
  { held, shutdown }: { held: Held; shutdown: AbortSignal },
): Promise<void> {
  const { epoch, token, journal } = claim;
  const state = foldJournal(journal);
  const begun = await beginningOf(parts, runId, state);
  if (!begun) return;
  const { request } = begun;
  state.acceptedAt = begun.acceptedAt;
  runClaimed(epoch, epoch === 1 ? (state.firstClaimAt ?? state.acceptedAt) - state.acceptedAt : undefined);
  if (state.stopBy !== undefined) held.stop(state.stopBy);
  const clock = clockFrom(claim.now);
  using signals = joinSignals(held.signal, shutdown, timeLeft({ request, state, parts, clock }));
  const fence = { epoch, token };
  const append = (entries: JournalEntry[]) => untilTaken(() => parts.runs.append(runId, fence, entries), shutdown);
  const recorder = createRecorder(append, state, clock);
  const place = { id: runId, epoch, fence, clock, historyName: claim.history };
  const hearing = { heardTo: journal.at(-1)?.id ?? '0', wasSteered: () => held.wasSteered() };
  const run: Run = { ...place, ...hearing, parts, request, state, recorder, signals, ...unread };
  try {
    if (!state.request) return await endWithoutJournal(run);
    await recordBrokenOff(run, journal);
    if (state.idleClaims > parts.config.RUN_MAX_ATTEMPTS) return await giveUp(run);
    await lookBack(run, claim.lines);
    const end = await runLoop(run);
    if (end.kind === 'suspended') return await suspend(run);
    const { kind: outcome, ...rest } = end;
    await finishRun(run, { outcome, ...rest });
    if (outcome === 'answered' && keepsTalk(run) && nearsItsLimit(run)) await summariseTalk(run, shutdown);
  } catch (error) {
    await afterError(run, error);
  }
}

/**
 * Who asked what, and when. When the journal is gone (deleted, or evicted by a Redis that was set up to evict), its
 * record tells it; undefined when that is gone, too.
 */
async function beginningOf(parts: RunJobParts, runId: string, state: RunState) {
  if (!state.request) return parts.runs.read(runId);
  return { request: state.request, acceptedAt: state.acceptedAt };
}

/** Whether the run's question and answer became part of a stored talk. */
function keepsTalk({ request }: Run): boolean {
  return request.unstored !== true && !request.context && !request.client?.messages;
}

/** Milliseconds that the run may still take: its own deadline counts from acceptance, ours without waits for humans. */
function timeLeft({ request, state, parts, clock }: Pick<Run, 'request' | 'state' | 'parts' | 'clock'>): number {
  const now = clock();
  const worked =
    now - (state.firstClaimAt ?? now) - state.waitedMs - (state.waitingSince ? now - state.waitingSince : 0);
  const ours = parts.config.RUN_DEADLINE_MS - worked;
  const { deadlineMs } = request;
  return deadlineMs === undefined ? ours : Math.min(ours, state.acceptedAt + deadlineMs - now);
}

async function giveUp(run: Run): Promise<void> {
  limitHit('attempts');
  const text = `This question was given up: ${run.state.idleClaims - 1} workers broke down over it.`;
  await finishRun(run, { outcome: 'failed', reason: 'poison', text });
}

async function endWithoutJournal(run: Run): Promise<void> {
  const text =
    'What was stored of this question is gone from Redis, so it cannot go on. What tools have done for it stays done. Please ask again.';
  await finishRun(run, { outcome: 'failed', reason: 'journal-lost', text });
}

async function suspend(run: Run): Promise<void> {
  // When the decision has already come, the run goes on its way at once and does not count as waiting.
  if ((await run.parts.runs.suspend(run.id, run.fence)) === 'waiting') runSuspended();
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
