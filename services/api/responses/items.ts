import type { EntryOf, ToolCall } from '#shared/run/journal-entries.ts';
import type { CallState } from '#shared/run/fold/run-state.ts';
import { callId } from '../answer/said.ts';
import { itemId } from './ids.ts';

/** One item of a response's output, as the protocol has it. */
export interface Item {
  type: string;
  id: string;
  status?: string;
  [member: string]: unknown;
}

export function textPart(text: string) {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

export function messageItem(id: string, status: string, text?: string): Item {
  return { type: 'message', id, status, role: 'assistant', content: text === undefined ? [] : [textPart(text)] };
}

/** A call of a tool that runs here. No client takes it for one that it has to run. */
export function serverCallItem(runId: string, call: CallState, approval: string | undefined): Item {
  return {
    type: 'mcp_call',
    id: itemId.serverCall(runId, call),
    status: 'in_progress',
    server_label: call.intent?.domain || call.result?.domain || 'dragoman',
    name: call.tool,
    arguments: '',
    approval_request_id: approval === undefined ? null : itemId.approval(runId, approval),
    output: null,
    error: null,
  };
}

export function callOutcome({ outcome, content }: EntryOf<'tool.finished'>) {
  return outcome === 'ok'
    ? { status: 'completed', output: content, error: null }
    : { status: 'failed', output: null, error: content };
}

/** A call as a function's: the client's own, or one of the server for clients that show those. */
export function functionCallItem(runId: string, place: { step: number; call: number }, { id, name }: ToolCall): Item {
  return {
    type: 'function_call',
    id: itemId.functionCall(runId, place),
    status: 'in_progress',
    call_id: callId({ id }, place),
    name,
    arguments: '',
  };
}

/** `output` is a list of parts: Open WebUI shows nothing of a text. */
export function functionOutputItem(runId: string, call: CallState, id: string, text: string): Item {
  return {
    type: 'function_call_output',
    id: itemId.functionOutput(runId, call),
    status: 'completed',
    call_id: callId({ id }, call),
    output: [{ type: 'input_text', text }],
  };
}

export function approvalItem(runId: string, asked: EntryOf<'approval.requested'>, label: string): Item {
  const { approval, tool, arguments: args, kind, why, expiresAt } = asked;
  return {
    type: 'mcp_approval_request',
    id: itemId.approval(runId, approval),
    server_label: label,
    name: tool,
    arguments: args,
    dragoman: { approval: `${runId}:${approval}`, kind, why: why ?? null, expires_at: expiresAt },
  };
}
