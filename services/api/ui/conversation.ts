import type { ClientMessage, ClientPart } from '#shared/run/client-request.ts';
import { imageUrlProblem } from '../chat/images.ts';
import type { Decision } from '../answer/decisions.ts';
import { ApiError } from '../http/errors.ts';
import type { UiMessage, UiPart } from './schema.ts';

/** A page's messages as a conversation. Throws ApiError 400 for a file that no model can be shown. */
export function readUiMessages(ui: UiMessage[]): { messages: ClientMessage[]; system: string[] } {
  const system: string[] = [];
  const messages: ClientMessage[] = [];
  for (const [index, { role, parts }] of ui.entries()) {
    if (role === 'system') system.push(textOf(parts));
    else if (role === 'assistant') messages.push(...assistantMessages(parts));
    else
      messages.push({ role, content: parts.flatMap((part, at) => userPart(part, `messages[${index}].parts[${at}]`)) });
  }
  return { messages, system };
}

/** The decisions that the newest message brings: then a run goes on, and no new one begins. */
export function decisionsOf(ui: UiMessage[]): Decision[] {
  const last = ui.at(-1);
  if (last?.role !== 'assistant') return [];
  return last.parts.flatMap(({ state, approval }) => {
    if (state !== 'approval-responded' || approval?.approved === undefined) return [];
    const [runId = '', name = ''] = approval.id.split(':');
    return [{ runId, approval: name, approve: approval.approved, reason: approval.reason }];
  });
}

function userPart(part: UiPart, param: string): ClientPart[] {
  if (part.type === 'text') return [{ type: 'text', text: part.text ?? '' }];
  if (part.type !== 'file') return [];
  const { mediaType = 'a file', url = '' } = part;
  const problem = mediaType.startsWith('image/') ? imageUrlProblem(url) : `${mediaType} cannot be shown to a model`;
  if (problem !== undefined) throw new ApiError(400, `${param}: ${problem}`, { param });
  return [{ type: 'image', url }];
}

/** Each step of an answer: its text, then its calls, then what they brought. */
function assistantMessages(parts: UiPart[]): ClientMessage[] {
  const messages: ClientMessage[] = [];
  let step: UiPart[] = [];
  const close = () => {
    messages.push(...stepMessages(step));
    step = [];
  };
  for (const part of parts) {
    if (part.type === 'step-start') close();
    else step.push(part);
  }
  close();
  return messages;
}

function stepMessages(parts: UiPart[]): ClientMessage[] {
  const content = textOf(parts);
  const tools = parts.filter(isTool);
  if (tools.length === 0) return content === '' ? [] : [{ role: 'assistant', content }];
  const calls = tools.map((part) => ({
    id: part.toolCallId ?? '',
    name: part.toolName ?? part.type.replace(/^tool-/, ''),
    arguments: JSON.stringify(part.input ?? {}),
  }));
  const results = tools.map((part): ClientMessage => ({
    role: 'tool',
    call: part.toolCallId ?? '',
    content: resultOf(part),
  }));
  return [{ role: 'assistant', content, calls }, ...results];
}

function isTool({ type, toolCallId }: UiPart): boolean {
  return toolCallId !== undefined && (type === 'dynamic-tool' || type.startsWith('tool-'));
}

function resultOf({ state, output, errorText }: UiPart): string {
  if (state === 'output-available') return typeof output === 'string' ? output : JSON.stringify(output ?? null);
  return state === 'output-error' ? (errorText ?? 'It failed.') : 'Not run.';
}

function textOf(parts: UiPart[]): string {
  return parts.map(({ type, text }) => (type === 'text' ? (text ?? '') : '')).join('');
}
