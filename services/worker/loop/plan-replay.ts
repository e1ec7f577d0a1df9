import { writtenArgumentsHash } from '#shared/run/arguments-hash.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import type { CallState } from '#shared/run/fold/run-state.ts';
import type { OfferedTool } from '../tools/toolbox.ts';
import { intentOf } from './intent.ts';
import type { Plan } from './plan.ts';
import { afterOutcome, outcomeApproval, outcomeQuestion } from './plan-outcome.ts';
import type { Run } from './held-run.ts';

type Recorded = EntryOf<'replay.recorded'>;

/**
 * What to do instead of making this very call, by what the replayed run has recorded of it. Undefined when the call is
 * to be made: it is new, it changed nothing then, or the operator wants it once more. A dry run makes none.
 */
export function planFromRecord(run: Run, tool: OfferedTool, call: CallState): Plan | undefined {
  const { state } = run;
  const recorded = call.step < state.replayedSteps ? undefined : recordOf(run, tool, call);
  if (recorded?.result && !recorded.again) return { do: 'reply', domain: tool.domain, ...recorded.result };
  if (run.request.dryRun) return dryReply(tool);
  if (!recorded || recorded.again) return undefined;
  // The intent as this run would have stored it: the question about the outcome needs one.
  const intent = intentOf(run.id, tool, call);
  const known = state.approvals.get(outcomeApproval(call));
  return known?.decided ? afterOutcome(intent, known) : outcomeQuestion(run, intent);
}

/** Equal calls get the records in the order in which they were made; the last record serves all further calls. */
function recordOf({ state }: Run, tool: OfferedTool, call: CallState): Recorded | undefined {
  if (state.recorded.length === 0) return undefined;
  const hash = writtenArgumentsHash(call.arguments);
  const records = state.recorded.filter((each) => each.tool === tool.name && each.argumentsHash === hash);
  if (records.length < 2) return records[0];
  let before = 0;
  for (const each of state.calls.values()) {
    if (each === call) break;
    if (each.step < state.replayedSteps || each.tool !== tool.name) continue;
    if (writtenArgumentsHash(each.arguments) === hash) before += 1;
  }
  return records[Math.min(before, records.length - 1)];
}

function dryReply(tool: OfferedTool): Plan {
  const content = `Dry run: ${tool.name} was not called, and nothing is recorded of this call. Say what you would do next.`;
  return { do: 'reply', outcome: 'refused', content, domain: tool.domain };
}
