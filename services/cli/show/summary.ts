import type { Ended } from '../ask.ts';
import { duration } from '../text.ts';

/**
 * What became of a run, on one line: how long it took and which tools it used; with `verbose`, or when it failed,
 * also models, tokens, cost and the run's id.
 */
export function summary(ended: Ended, verbose = false): string {
  const { usage } = ended;
  const tools = ended.tools.length > 0 ? ended.tools.join(', ') : 'no tools';
  if (!verbose && ended.outcome !== 'failed') return [ended.outcome, duration(ended.durationMs), tools].join(' · ');
  return [
    ended.outcome,
    duration(ended.durationMs),
    ended.models.join(', '),
    `${usage.inputTokens} + ${usage.outputTokens} tokens`,
    usage.costUsd > 0 ? `$${usage.costUsd.toFixed(4)}` : '',
    tools,
    ended.runId,
  ]
    .filter(Boolean)
    .join(' · ');
}
