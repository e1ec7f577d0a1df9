import { argumentsHash } from '#shared/arguments-hash.ts';
import type { EntryOf } from '#shared/journal-entries.ts';
import { findTool } from '../tools/names.ts';
import type { OfferedTool } from '../tools/toolbox.ts';
import { canBeAsked } from './askable.ts';
import { afterOutcome, notRepeated, outcomeApproval, outcomeQuestion } from './plan-outcome.ts';
import { planFromRecord } from './plan-replay.ts';
import type { Run } from './run.ts';
import type { ApprovalState, StepState } from './state.ts';

type Outcome = EntryOf<'tool.finished'>['outcome'];

/** A result without a call. `domain` is empty when the model has to mend something. */
export interface Reply {
  do: 'reply';
  outcome: Outcome;
  content: string;
  domain: string;
  /** True when the content comes from outside. */
  outside?: boolean | undefined;
}

export interface ReadyCall {
  do: 'call';
  at: number;
  tool: OfferedTool;
  args: Record<string, unknown>;
  /** sha256 of the arguments that a human allowed. */
  approved: string | undefined;
}

export interface Question {
  do: 'ask';
  at: number;
  kind: EntryOf<'approval.requested'>['kind'];
  approval: string;
  tool: string;
  args: Record<string, unknown>;
  why: string;
  readOnly: boolean;
}

export type Plan = Reply | ReadyCall | Question;

/** Identical calls of a run that are made; further ones would bring nothing new. */
const maxIdentical = 3;

/** Decides what to do about one call of the newest step: the checks stand in the order in which they matter. */
export function planCall(run: Run, offered: OfferedTool[], step: StepState, at: number): Plan {
  const call = step.answer.toolCalls[at];
  if (!call) throw new RangeError(`step ${step.answer.step} has no call ${at}`);
  const tool = findTool(offered, call.name);
  const intent = step.intents.get(at);
  if (intent && !run.state.request.dryRun) return planUnfinished(run, intent, tool);
  if (!tool) return mend(unknownTool(offered, call.name));
  const checked = run.parts.toolbox.checkArguments(tool, call.arguments);
  if (!checked.ok) return mend(checked.problem);
  if (identicalBefore(run, tool.name, call.arguments) >= maxIdentical) return mend(repeated(tool.name));
  const past = planFromRecord(run, tool, step, at);
  return past ?? planPermission(run, tool, checked.value, step.answer.step, at);
}

function mend(content: string): Reply {
  return { do: 'reply', outcome: 'error', content, domain: '' };
}

function unknownTool(offered: OfferedTool[], name: string): string {
  const names = offered.map((tool) => tool.name);
  if (names.length === 0) return `There is no tool ${name}, and no other tool. Answer without tools.`;
  return `There is no tool ${name}. The tools are: ${names.join(', ')}.`;
}

function repeated(name: string): string {
  return `${name} was called ${maxIdentical} times with these arguments already; it was not called again. Use the results above, or do something else.`;
}

/** How often the same call with the same text of arguments was made in this run. */
function identicalBefore(run: Run, tool: string, args: string): number {
  let count = 0;
  for (const step of run.state.steps) {
    for (const intent of step.intents.values()) if (intent.tool === tool && intent.arguments === args) count += 1;
  }
  return count;
}

function planPermission(run: Run, tool: OfferedTool, args: Record<string, unknown>, step: number, at: number): Plan {
  const reason = whyAsk(run, tool);
  if (!reason) return { do: 'call', at, tool, args, approved: undefined };
  const approval = `${step}-${at}`;
  const known = run.state.approvals.get(approval);
  const hash = argumentsHash(args);
  if (known?.decided) return afterDecision(known, { at, tool, args, hash });
  if (!canBeAsked(run.state.request.caller)) {
    return refuse(
      tool,
      `${tool.name} was not run: ${reason.why}, and nobody can be asked here. Do without it, and say so.`,
    );
  }
  return { do: 'ask', at, approval, tool: tool.name, args, readOnly: tool.readOnly, ...reason };
}

function whyAsk(run: Run, tool: OfferedTool): Pick<Question, 'kind' | 'why'> | undefined {
  if (tool.permission === 'approve') return { kind: 'policy', why: 'the policy wants a yes for this tool' };
  if (run.state.outside && !tool.readOnly) {
    return { kind: 'policy', why: 'text from outside has been read, and this tool changes something' };
  }
  if (run.state.request.mode === 'guided') return { kind: 'guided', why: 'the run asks before each tool' };
  return undefined;
}

function afterDecision(
  { requested, decided }: ApprovalState,
  call: { at: number; tool: OfferedTool; args: Record<string, unknown>; hash: string },
): Plan {
  const { tool } = call;
  if (decided?.decision === 'expired') {
    return refuse(tool, `${tool.name} was not run: nobody said yes in time. Do not try it again; say so.`);
  }
  if (decided?.decision !== 'allow') {
    const reason = decided?.reason ? ` (${decided.reason})` : '';
    return refuse(
      tool,
      `${tool.name} was not run: ${decided?.by ?? 'somebody'} said no${reason}. Do not try it again.`,
    );
  }
  if (requested.argumentsHash !== call.hash) {
    return refuse(tool, `${tool.name} was not run: the yes was for other arguments.`);
  }
  return { do: 'call', at: call.at, tool, args: call.args, approved: requested.argumentsHash };
}

function refuse(tool: { domain: string }, content: string): Reply {
  return { do: 'reply', outcome: 'refused', content, domain: tool.domain };
}

/** A call that was under way when its worker died, or whose outcome its tool-runner does not know. */
function planUnfinished(run: Run, intent: EntryOf<'tool.intended'>, tool: OfferedTool | undefined): Plan {
  const { step, call: at } = intent;
  const known = run.state.approvals.get(outcomeApproval(step, at));
  if (known?.decided) return afterOutcome(intent, known);
  if (known) return outcomeQuestion(run, intent);
  if (!tool && intent.repeatable) {
    if (!intent.readOnly) return notRepeated(intent);
    return { do: 'reply', outcome: 'error', content: `${intent.tool} is not there any more.`, domain: intent.domain };
  }
  // A call of the run that this one replays may be days old: nobody remembers its key.
  const harmless = ownCall(run, intent) ? intent.repeatable || tool?.remembered : tool?.readOnly;
  if (!tool || !harmless) return outcomeQuestion(run, intent);
  const checked = run.parts.toolbox.checkArguments(tool, intent.arguments);
  if (!checked.ok) return outcomeQuestion(run, intent);
  const yes = run.state.approvals.get(`${step}-${at}`);
  const approved = yes?.decided?.decision === 'allow' ? yes.requested.argumentsHash : undefined;
  return { do: 'call', at, tool, args: checked.value, approved };
}

function ownCall(run: Run, intent: EntryOf<'tool.intended'>): boolean {
  return intent.idempotencyKey.startsWith(`${run.id}:`);
}
