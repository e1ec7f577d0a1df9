import type { EntryOf, ToolCall } from '#shared/run/journal-entries.ts';
import { callName, type CallPlace, type CallState, type RunState } from '#shared/run/fold/run-state.ts';
import { approvalItem, callOutcome, functionCallItem, functionOutputItem, serverCallItem } from './items.ts';
import type { Output } from './output.ts';
import type { ResponseView } from './response-object.ts';
import { callId } from '../answer/said.ts';

/** Shows calls of tools, those of the server and those of the client. */
export interface CallWriter {
  show(entry: EntryOf<'tool.intended'> | EntryOf<'tool.finished'>, state: RunState): void;
  ask(entry: EntryOf<'approval.requested'>, state: RunState): void;
  /** A call that the client makes itself. */
  handOver(call: ToolCall, state: RunState): void;
}

export function createCallWriter(output: Output, view: ResponseView): CallWriter {
  const { runId } = view;
  const asFunction = view.shown.serverTools === 'function_call';
  const begun = new Map<string, number>();

  function begin(call: CallState, state: RunState): number {
    const known = begun.get(callName(call));
    if (known !== undefined) return known;
    const index = asFunction
      ? functionCall(call, { ...askedAt(call, state), name: call.tool }, { name: call.tool })
      : serverCall(call, state);
    begun.set(callName(call), index);
    return index;
  }

  function serverCall(call: CallState, state: RunState): number {
    const item = serverCallItem(runId, call, approvalOf(call, state));
    const index = output.add(item);
    const place = { item_id: item.id, output_index: index };
    output.emit({ type: 'response.mcp_call.in_progress', ...place });
    output.emit({ type: 'response.mcp_call_arguments.delta', ...place, delta: call.arguments });
    output.emit({ type: 'response.mcp_call_arguments.done', ...place, arguments: call.arguments });
    return index;
  }

  function functionCall(at: CallPlace, call: ToolCall, own: { name: string; namespace?: string | undefined }): number {
    const item = { ...functionCallItem(runId, at, call), ...own };
    const index = output.add(item);
    const place = { item_id: item.id, output_index: index };
    output.emit({ type: 'response.function_call_arguments.delta', ...place, delta: call.arguments });
    output.emit({
      type: 'response.function_call_arguments.done',
      ...place,
      name: own.name,
      arguments: call.arguments,
    });
    output.done(index, { status: 'completed', arguments: call.arguments });
    return index;
  }

  function finish(index: number, call: CallState, entry: EntryOf<'tool.finished'>, state: RunState): void {
    if (asFunction) {
      const item = functionOutputItem(runId, call, askedAt(call, state).id, entry.content);
      output.done(output.add(item), {});
      return;
    }
    const place = { item_id: serverCallItem(runId, call, undefined).id, output_index: index };
    const outcome = callOutcome(entry);
    output.emit({ type: `response.mcp_call.${outcome.status}`, ...place });
    output.done(index, { ...outcome, arguments: call.arguments });
  }

  return {
    show(entry, state) {
      const call = state.calls.get(callName(entry));
      if (!call) return;
      const index = begin(call, state);
      if (entry.type === 'tool.finished') finish(index, call, entry, state);
    },
    ask(entry, state) {
      const label = state.calls.get(callName(entry))?.intent?.domain ?? 'dragoman';
      output.done(output.add(approvalItem(runId, entry, label)), {});
    },
    handOver(call, state) {
      const step = state.steps.at(-1);
      const at = step?.answer.toolCalls.findIndex(
        (each, index) => callId(each, { step: step.answer.step, call: index }) === call.id,
      );
      const own = view.shown.functions[call.name] ?? { name: call.name };
      functionCall({ step: step?.answer.step ?? 0, call: at ?? 0 }, call, own);
    },
  };
}

function askedAt({ step, call }: CallPlace, state: RunState): ToolCall {
  const asked = state.steps.find(({ answer }) => answer.step === step)?.answer.toolCalls[call];
  return asked ?? { id: '', name: '', arguments: '' };
}

/** The question that this call raised, if one did. */
function approvalOf({ step, call }: CallPlace, { approvals }: RunState): string | undefined {
  for (const [name, { requested }] of approvals) if (requested.step === step && requested.call === call) return name;
  return undefined;
}
