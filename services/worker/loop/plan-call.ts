import { argumentsHash } from '#shared/run/arguments-hash.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import type { ApprovalState, CallState } from '#shared/run/fold/run-state.ts';
import { findTool } from '../tools/names.ts';
import { findTools, findToolsName, search } from '../tools/offering/find-tools.ts';
import type { OfferedTool } from '../tools/toolbox.ts';
import { askUserName } from '../tools/builtin/ask-user.ts';
import { canBeAsked } from './askable.ts';
import type { Plan, Question, ReadyCall, Reply } from './plan.ts';
import { afterOutcome, notRepeated, outcomeApproval, outcomeQuestion, permissionApproval } from './plan-outcome.ts';
import { planAskUser } from './plan-ask-user.ts';
import { planFromRecord } from './plan-replay.ts';
import type { Run } from './held-run.ts';
import { roomOf } from './told-tools.ts';

/** Calls that are not made yet, and the tool of each. */
export type Planned = ReadonlyMap<CallState, string>;

/** With more tools their names are not all told. */
const maxListed = 40;
/** How many identical calls of a run are made; further ones would bring nothing new. */
const maxIdentical = 3;

/**
 * Decides what to do about one call of the newest step; the checks stand in order of importance. `planned` holds the
 * calls of the same answer that are to be made, or asked about, together with this one.
 */
export function planCall(run: Run, offered: OfferedTool[], call: CallState, planned: Planned): Plan {
  if (call.tool === findToolsName) return planSearch(run, offered, call);
  const tool = findTool(offered, call.tool);
  if (call.intent && !run.request.dryRun) return planUnfinished(run, call, call.intent, tool);
  if (!tool) return mend(unknownTool(offered, call.tool, run.offer?.unreachable ?? []));
  const checked = run.parts.toolbox.checkArguments(tool, call.arguments);
  if (!checked.ok) return mend(checked.problem);
  if (tool.name === askUserName && tool.domain === 'builtin') return planAskUser(run, call, checked.value);
  if (identicalBefore(run, tool.name, call.arguments, planned) >= maxIdentical) return mend(repeated(tool.name));
  return planFromRecord(run, tool, call) ?? planPermission(run, tool, checked.value, call);
}

/** A search reaches nothing but the list of what the caller may use, so that it is answered at once. */
function planSearch(run: Run, offered: OfferedTool[], call: CallState): Reply {
  const tool = findTools([]);
  const checked = run.parts.toolbox.checkArguments(tool, call.arguments);
  if (!checked.ok) return mend(checked.problem);
  const finding = search(offered, String(checked.value['query']), roomOf(run).tokens / 2);
  return { do: 'reply', outcome: 'ok', domain: tool.domain, ...finding };
}

function mend(content: string): Reply {
  return { do: 'reply', outcome: 'error', content, domain: '' };
}

function unknownTool(offered: OfferedTool[], name: string, unreachable: string[]): string {
  const names = offered.map((tool) => tool.name);
  if (unreachable.length > 0) {
    const away = `these systems cannot be reached at the moment: ${unreachable.join(', ')}`;
    return `${name} was not called: ${names.length > 0 ? `the tools are ${names.join(', ')}, and ` : ''}${away}. Do without it, or tell the user.`;
  }
  if (names.length > maxListed) return `There is no tool ${name}. ${findToolsName} finds out which there are.`;
  if (names.length === 0) return `There is no tool ${name}, and no other tool. Answer without tools.`;
  return `There is no tool ${name}. The tools are: ${names.join(', ')}.`;
}

function repeated(name: string): string {
  return `${name} was called ${maxIdentical} times with these arguments already; it was not called again. Use the results above, or do something else.`;
}

/** How often the same call with the same text of arguments was made in this run, or is about to be made. */
function identicalBefore(run: Run, tool: string, args: string, planned: Planned): number {
  let count = 0;
  for (const call of run.state.calls.values()) {
    if (call.arguments === args && (call.intent?.tool ?? planned.get(call)) === tool) count += 1;
  }
  return count;
}

function planPermission(run: Run, tool: OfferedTool, args: Record<string, unknown>, call: CallState): Plan {
  const reason = whyAsk(run, tool);
  if (!reason) return { do: 'call', call, tool, args, approved: undefined };
  const approval = permissionApproval(call);
  const known = run.state.approvals.get(approval);
  const hash = argumentsHash(args);
  if (known?.decided) return afterDecision(known, { call, tool, args, hash });
  if (!canBeAsked(run.request)) {
    return refuse(
      tool,
      `${tool.name} was not run: ${reason.why}, and nobody can be asked here. Do without it, and say so.`,
    );
  }
  return { do: 'ask', place: call, approval, tool: tool.name, args, readOnly: tool.readOnly, ...reason };
}

function whyAsk(run: Run, tool: OfferedTool): Pick<Question, 'kind' | 'why'> | undefined {
  if (tool.permission === 'approve') return { kind: 'policy', why: 'the policy wants a yes for this tool' };
  if (run.state.outside && !tool.readOnly) {
    return { kind: 'policy', why: 'text from outside has been read, and this tool changes something' };
  }
  if (run.request.mode === 'guided') return { kind: 'guided', why: 'the run asks before each tool' };
  return undefined;
}

function afterDecision(
  { requested, decided }: ApprovalState,
  { call, tool, args, hash }: Pick<ReadyCall, 'call' | 'tool' | 'args'> & { hash: string },
): Plan {
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
  if (requested.argumentsHash !== hash) {
    return refuse(tool, `${tool.name} was not run: the yes was for other arguments.`);
  }
  return { do: 'call', call, tool, args, approved: requested.argumentsHash };
}

function refuse(tool: { domain: string }, content: string): Reply {
  return { do: 'reply', outcome: 'refused', content, domain: tool.domain };
}

/** Plans a call that was under way when its worker died, or whose outcome its tool-runner does not know. */
function planUnfinished(
  run: Run,
  call: CallState,
  intent: EntryOf<'tool.intended'>,
  tool: OfferedTool | undefined,
): Plan {
  const known = run.state.approvals.get(outcomeApproval(call));
  if (known?.decided) return afterOutcome(intent, known);
  if (known) return outcomeQuestion(run, intent);
  if (!tool && intent.repeatable) {
    if (!intent.readOnly) return notRepeated(intent);
    return { do: 'reply', outcome: 'error', content: `${intent.tool} is not there any more.`, domain: intent.domain };
  }
  // A call of the run that this one replays may be days old, when no server remembers its key any more.
  const harmless = ownCall(run, intent) ? intent.repeatable || tool?.remembered : tool?.readOnly;
  if (!tool || !harmless) return outcomeQuestion(run, intent);
  const checked = run.parts.toolbox.checkArguments(tool, intent.arguments);
  if (!checked.ok) return outcomeQuestion(run, intent);
  const yes = run.state.approvals.get(permissionApproval(call));
  const approved = yes?.decided?.decision === 'allow' ? yes.requested.argumentsHash : undefined;
  return { do: 'call', call, tool, args: checked.value, approved };
}

function ownCall(run: Run, intent: EntryOf<'tool.intended'>): boolean {
  return intent.idempotencyKey.startsWith(`${run.id}:`);
}
