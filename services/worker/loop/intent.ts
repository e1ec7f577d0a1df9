import type { EntryOf } from '#shared/journal-entries.ts';
import type { OfferedTool } from '../tools/toolbox.ts';
import type { StepState } from './state.ts';

/** What the journal holds of a call before it is made. `at`: its place in the answer. */
export function intentOf(runId: string, tool: OfferedTool, step: StepState, at: number): EntryOf<'tool.intended'> {
  return {
    type: 'tool.intended',
    step: step.answer.step,
    call: at,
    tool: tool.name,
    domain: tool.domain,
    arguments: step.answer.toolCalls[at]?.arguments ?? '',
    repeatable: tool.repeatable,
    readOnly: tool.readOnly,
    idempotencyKey: `${runId}:${step.answer.step}:${at}`,
  };
}
