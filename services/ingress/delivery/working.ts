import type { RunState } from '#shared/run/fold/run-state.ts';
import type { Say } from '../language/say.ts';

/**
 * What a run that shows nothing new is doing, and since when; undefined while its text, a tool or a question to somebody
 * says it. Discord itself keeps such times up to date, so that no edit is spent on them.
 */
export function workingText(say: Say, state: RunState): string | undefined {
  const { failures } = state;
  const retryAt = failures?.last.retryInMs === undefined ? undefined : failures.lastAt + failures.last.retryInMs;
  const calling = [...state.calls.values()].some(({ intent, result }) => intent && !result);
  if (state.openApprovals > 0 || calling || state.live) return undefined;
  const asked = timestamp(state.acceptedAt);
  if (retryAt === undefined) return say('run.working', { asked });
  return say('run.model-away', { reason: failures?.last.reason ?? 'away', next: timestamp(retryAt), asked });
}

/** A time as people see it in Discord: how long ago, or in how long. */
export function timestamp(at: number): string {
  return `<t:${Math.floor(at / 1_000)}:R>`;
}
