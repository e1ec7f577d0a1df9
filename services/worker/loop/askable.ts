import type { RunRequest } from '#shared/run/request.ts';

/**
 * Whether a person behind this request can be shown a question and decide it. Terminals ask, and Discord shows a card
 * with buttons. In a direct message nobody's roles can be seen, so nobody could decide. A program says whether it has
 * somebody to ask.
 */
export function canBeAsked({ caller, client }: Pick<RunRequest, 'caller' | 'client'>): boolean {
  if (caller.kind === 'api') return client?.approvals === true;
  return caller.kind === 'terminal' || caller.guild !== undefined;
}

/** Whether the person can be asked back what they mean. That needs no rights, so that it works in direct messages too. */
export function canAnswer(request: Pick<RunRequest, 'caller' | 'client'>): boolean {
  if (request.client?.questions === false) return false;
  return request.caller.kind === 'discord' || canBeAsked(request);
}
