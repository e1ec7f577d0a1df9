import type { Caller } from '#shared/run/request.ts';

/**
 * Whether a person behind this caller can be shown a question and decide it. Terminals ask, and Discord shows a card
 * with buttons. In a direct message nobody's roles can be seen, so nobody could decide; a program has nobody to ask.
 */
export function canBeAsked(caller: Caller): boolean {
  return caller.kind === 'terminal' || (caller.kind === 'discord' && caller.guild !== undefined);
}
