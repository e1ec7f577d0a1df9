import type { Caller } from '#shared/run.ts';

/**
 * Whether a person behind this caller can be shown a question and decide it. A terminal shows it and waits; the other
 * doors have no cards yet.
 */
export function canBeAsked(caller: Caller): boolean {
  return caller.kind === 'terminal';
}
