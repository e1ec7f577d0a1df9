import { DragomanError, humanMessage } from '#shared/ground/errors.ts';
import type { EntryOf, ToolCall } from '#shared/run/journal-entries.ts';
import type { RunOutcome } from '#shared/ground/vocabulary.ts';
import { limitHit, runBroke, runEnded } from '../events.ts';
import { newLines } from '../history/history.ts';
import { withDoneSoFar } from './done-so-far.ts';
import { DeadlineReached, Stopped } from './interrupts.ts';
import type { Run } from './held-run.ts';

export interface End {
  outcome: RunOutcome;
  text: string;
  /** Calls of the client's own tools with which the answer ends. */
  calls?: ToolCall[];
  reason?: string;
}

/** Ends the run, once, with all that was not stored yet and, if it was answered, its part of the conversation. */
export async function finishRun(run: Run, end: End): Promise<void> {
  const { request, state, parts } = run;
  const entry: EntryOf<'run.ended'> = {
    type: 'run.ended',
    ...end,
    step: state.steps.length,
    usage: state.usage,
    models: [...state.models],
    tools: [...state.tools],
    iterations: state.steps.length,
    durationMs: Math.max(0, run.clock() - state.acceptedAt),
    ...(state.firstTokenMs === undefined ? {} : { firstTokenMs: state.firstTokenMs }),
  };
  const remembered = end.outcome === 'answered' && request.unstored !== true;
  const said = remembered ? newLines(request, state, end.text, run.clock()) : [];
  const lines = run.fading === undefined || said.length === 0 ? said : [run.fading, ...said];
  const { HISTORY_MAX_MESSAGES, HISTORY_TTL_MS } = parts.config;
  const kept = HISTORY_MAX_MESSAGES === 0 ? [] : lines;
  // What earlier flushes are storing must be in the journal before the end.
  await run.recorder.settled();
  const ended = await parts.runs.end(request, run.fence, entry, {
    before: run.recorder.take(),
    roles: parts.policy.current().roles(request.caller),
    history: { name: run.historyName, lines: kept, keep: HISTORY_MAX_MESSAGES, ttlMs: HISTORY_TTL_MS },
  });
  if (ended) runEnded(request, entry);
  parts.toolbox.runEnded?.({ id: run.id, caller: request.caller }, statefulDomains(run));
}

/** Domains that were called, if any of their tools keeps a state for the run. */
function statefulDomains({ state, offer }: Run): Set<string> {
  const stateful = new Set(offer?.tools.flatMap((tool) => (tool.stateful === true ? [tool.domain] : [])));
  const called = [...state.calls.values()].flatMap(({ intent }) => (intent ? [intent.domain] : []));
  return new Set(called.filter((domain) => stateful.has(domain)));
}

/** How a run ends that was interrupted or cannot ask its model; undefined for an error that another try may mend. */
export function endOf(run: Run, error: unknown): End | undefined {
  const { state } = run;
  if (error instanceof Stopped) {
    return { outcome: 'stopped', reason: 'stopped', text: withDoneSoFar(state, `Stopped by ${error.by}.`) };
  }
  if (error instanceof DeadlineReached) {
    limitHit('deadline');
    return { outcome: 'failed', reason: 'deadline', text: withDoneSoFar(state, 'The time for this question is over.') };
  }
  if (error instanceof DragomanError) {
    const text = humanMessage(error);
    return { outcome: 'failed', reason: error.reason, text: state.tools.size > 0 ? withDoneSoFar(state, text) : text };
  }
  // Redis refused a command (full, read-only, loading), so the job is tried again later.
  if (error instanceof Error && error.name === 'ReplyError') return undefined;
  runBroke(error);
  return { outcome: 'failed', reason: 'internal', text: humanMessage(error) };
}
