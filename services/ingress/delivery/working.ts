import type { RunState } from '#shared/run/fold/run-state.ts';
import type { Say } from '../language/say.ts';

/** Milliseconds after which a tool at work gets the line that says since when. */
const longMs = 10_000;

/**
 * What a run that shows nothing new is doing, and since when; undefined while its text, a tool that has just begun or a
 * question to somebody says it. Discord itself keeps such times up to date, so that no edit is spent on them. `now` is
 * in milliseconds since the epoch.
 */
export function workingText(state: RunState, now: number, say: Say): string | undefined {
  if (state.openApprovals > 0 || state.live) return undefined;
  const since = timestamp(state.acceptedAt);
  const { failures } = state;
  if (failures?.last.retryInMs !== undefined) {
    return say('run.waiting-model', { at: timestamp(failures.lastAt + failures.last.retryInMs), since });
  }
  const calling = [...state.calls.values()].some(({ intent, result }) => intent && !result);
  if (calling) return now - state.acceptedAt > longMs ? say('run.since', { since }) : undefined;
  return say('run.working', { since });
}

/** A time as people see it in Discord: how long ago, or in how long. */
export function timestamp(at: number): string {
  return `<t:${Math.floor(at / 1_000)}:R>`;
}
