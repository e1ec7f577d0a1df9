import type { Caller } from '#shared/run.ts';

/**
 * Whether a person behind this caller can be shown a question and decide it: terminals ask, Discord shows a card with
 * buttons. A program has nobody to ask.
 */
export function canBeAsked(caller: Caller): boolean {
  return caller.kind === 'terminal' || caller.kind === 'discord';
}
