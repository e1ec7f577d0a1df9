import { writtenArgumentsHash } from '#shared/arguments-hash.ts';
import type { EntryOf } from '#shared/journal-entries.ts';
import type { OfferedTool } from '../tools/toolbox.ts';
import { intentOf } from './intent.ts';
import type { Plan } from './plan.ts';
import { afterOutcome, outcomeApproval, outcomeQuestion } from './plan-outcome.ts';
import type { Run } from './run.ts';
import type { StepState } from './state.ts';

type Recorded = EntryOf<'replay.recorded'>;

/**
 * What the replayed run has recorded of this very call, in place of making it. Undefined when the call is to be made: it
 * is new, changed nothing then, or the operator wants it once more. A dry run makes none.
 */
export function planFromRecord(run: Run, tool: OfferedTool, step: StepState, at: number): Plan | undefined {
  const { state } = run;
  const recorded = step.answer.step < state.replayedSteps ? undefined : recordOf(run, tool, step, at);
  if (recorded?.result && !recorded.again) return { do: 'reply', domain: tool.domain, ...recorded.result };
  if (state.request.dryRun) return dryReply(tool);
  if (!recorded || recorded.again) return undefined;
  // As if it had been intended here: what the question about its outcome needs.
  const intent = intentOf(run.id, tool, step, at);
  const known = state.approvals.get(outcomeApproval(step.answer.step, at));
  return known?.decided ? afterOutcome(intent, known) : outcomeQuestion(run, intent);
}

/** Equal calls get the records in the order in which they were made; the last one stands for all that follow. */
function recordOf(run: Run, tool: OfferedTool, step: StepState, at: number): Recorded | undefined {
  if (run.state.recorded.length === 0) return undefined;
  const hash = writtenArgumentsHash(step.answer.toolCalls[at]?.arguments ?? '');
  const records = run.state.recorded.filter((each) => each.tool === tool.name && each.argumentsHash === hash);
  if (records.length < 2) return records[0];
  let before = 0;
  for (const { answer } of run.state.steps.slice(run.state.replayedSteps)) {
    const calls = answer.step === step.answer.step ? answer.toolCalls.slice(0, at) : answer.toolCalls;
    before += calls.filter((call) => call.name === tool.name && writtenArgumentsHash(call.arguments) === hash).length;
  }
  return records[Math.min(before, records.length - 1)];
}

function dryReply(tool: OfferedTool): Plan {
  const content = `Dry run: ${tool.name} was not called, and nothing is recorded of this call. Say what you would do next.`;
  return { do: 'reply', outcome: 'refused', content, domain: tool.domain };
}
