import type { ToolCall } from '#shared/run/journal-entries.ts';
import type { CallState, StepState } from '#shared/run/fold/run-state.ts';
import type { Run } from './held-run.ts';

/** Whether the program that asked runs this tool itself. */
export function isClientCall(run: Run, call: Pick<CallState, 'tool'>): boolean {
  return run.request.client?.tools?.some(({ name }) => name === call.tool) ?? false;
}

/** True when all that a step still waits for are calls that the program must make. */
export function onlyClientCallsAreOpen(run: Run, { calls }: StepState): boolean {
  const open = calls.filter(({ result }) => !result);
  return open.length > 0 && open.every((call) => isClientCall(run, call));
}

/** The calls of a step that are handed to the program, each with an id. */
export function clientCalls(run: Run, step: StepState): ToolCall[] {
  return step.calls
    .filter((call) => isClientCall(run, call))
    .map(({ step: at, call }) => {
      const asked = step.answer.toolCalls[call];
      if (!asked) throw new Error('a call stands in the answer that asked for it');
      return { ...asked, id: asked.id === '' ? `call_${at}_${call}` : asked.id };
    });
}
