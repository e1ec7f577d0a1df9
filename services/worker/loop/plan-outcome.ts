import type { EntryOf } from '#shared/run/journal-entries.ts';
import type { ApprovalState, CallPlace } from '#shared/run/fold/run-state.ts';
import { canBeAsked } from './askable.ts';
import type { Plan, Reply } from './plan.ts';
import type { Run } from './held-run.ts';

/** The names of the two questions that a call may raise: whether it may be made (this one), and whether it was made. */
export function permissionApproval({ step, call }: CallPlace): string {
  return `${step}-${call}`;
}

export function outcomeApproval({ step, call }: CallPlace): string {
  return `${step}-${call}-outcome`;
}

/** Asks the human what became of a call, or tells the model that nobody knows. */
export function outcomeQuestion(run: Run, intent: EntryOf<'tool.intended'>): Plan {
  const fact = `${intent.tool} may or may not have happened: it was interrupted.`;
  if (!canBeAsked(run.request)) return unknownOutcome(intent, fact);
  return {
    do: 'ask',
    place: { step: intent.step, call: intent.call },
    approval: outcomeApproval(intent),
    kind: 'unknown-outcome',
    tool: intent.tool,
    args: JSON.parse(intent.arguments || '{}') as Record<string, unknown>,
    why: fact,
    readOnly: false,
  };
}

/** What the model is told about a call that was under way when its worker died, and cannot be repeated now. */
export function notRepeated(intent: EntryOf<'tool.intended'>): Reply {
  const fact = `${intent.tool} may or may not have happened: it was interrupted, and cannot be tried again now.`;
  if (!intent.repeatable) return unknownOutcome(intent, fact);
  const content = `${fact} It may be called again.`;
  return { do: 'reply', outcome: 'interrupted', content, domain: intent.domain };
}

function unknownOutcome(intent: EntryOf<'tool.intended'>, fact: string): Reply {
  const content = `${fact} Do not repeat it; tell the person.`;
  return { do: 'reply', outcome: 'interrupted', content, domain: intent.domain };
}

export function afterOutcome(intent: EntryOf<'tool.intended'>, { decided }: ApprovalState): Reply {
  const { tool, domain } = intent;
  const by = decided?.by ?? 'somebody';
  if (decided?.decision === 'happened') {
    const content = `${tool} was interrupted, but it did happen: ${by} has looked. Its output is lost.`;
    return { do: 'reply', outcome: 'ok', content, domain };
  }
  if (decided?.decision === 'did-not-happen') {
    const content = `${tool} was interrupted and did not happen: ${by} has looked. Call it again if it is still wanted.`;
    return { do: 'reply', outcome: 'error', content, domain };
  }
  return unknownOutcome(intent, `${tool} may or may not have happened, and nobody could tell.`);
}
