import type { EntryOf } from '#shared/run/journal-entries.ts';
import type { CallState } from '#shared/run/fold/run-state.ts';
import type { OfferedTool } from '../tools/toolbox.ts';

/** The entry that the journal gets before a call is made. */
export function intentOf(runId: string, tool: OfferedTool, call: CallState): EntryOf<'tool.intended'> {
  return {
    type: 'tool.intended',
    step: call.step,
    call: call.call,
    tool: tool.name,
    domain: tool.domain,
    arguments: call.arguments,
    repeatable: tool.repeatable,
    readOnly: tool.readOnly,
    idempotencyKey: `${runId}:${call.step}:${call.call}`,
  };
}
