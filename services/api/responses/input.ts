import type { ClientMessage, ClientPart } from '#shared/run/client-request.ts';
import { ApiError } from '../http/errors.ts';
import type { WireItem } from './item-schema.ts';
import { flatName } from './tools.ts';

/** What a request's input says. */
export interface Input {
  /** Instructions among the messages, in their order. */
  system: string[];
  messages: ClientMessage[];
}

type Known = Exclude<WireItem, { type: 'item_reference' }>;

/**
 * Takes an input apart. `before` is the conversation that it goes on with, whose last calls it may bring results for.
 * Throws ApiError 400 where calls and their results do not fit together.
 */
export function readInput(items: (Known | Known[])[], before: ClientMessage[] = [], open: string[] = []): Input {
  const system: string[] = [];
  const messages: ClientMessage[] = [];
  const calls = createCallOrder(before, open);
  for (const [index, given] of items.entries()) {
    for (const item of [given].flat()) {
      const param = `input[${index}]`;
      if (!isMessage(item)) {
        addCall(item, messages, calls, param);
        continue;
      }
      if (item.role === 'system' || item.role === 'developer') {
        system.push(textOf(item.content));
        continue;
      }
      calls.closed(param);
      messages.push(
        item.role === 'user'
          ? { role: 'user', content: partsOf(item.content) }
          : { role: 'assistant', content: textOf(item.content) },
      );
    }
  }
  calls.closed('input');
  return { system, messages };
}

function isMessage(item: Known): item is Extract<Known, { role: string }> {
  return 'role' in item;
}

function addCall(
  item: Exclude<Known, { role: string }>,
  messages: ClientMessage[],
  calls: ReturnType<typeof createCallOrder>,
  param: string,
): void {
  switch (item.type) {
    case 'function_call': {
      const { call_id, arguments: text } = item;
      const name = flatName(item.namespace, item.name);
      callIn(messages, { id: call_id, name, arguments: text }, calls.open.size > 0);
      calls.opened(call_id, param);
      return;
    }
    case 'function_call_output':
      calls.answered(item.call_id, param);
      messages.push({ role: 'tool', call: item.call_id, content: textOf(item.output) });
      return;
    case 'mcp_call': {
      const { id, name, arguments: text, output, error } = item;
      calls.closed(param);
      callIn(messages, { id, name, arguments: text }, false);
      messages.push({ role: 'tool', call: id, content: output ?? errorText(error) });
      return;
    }
    default:
  }
}

/** Calls of one answer stand in one message, behind the text that the model wrote before them. */
function callIn(messages: ClientMessage[], call: { id: string; name: string; arguments: string }, more: boolean): void {
  const last = messages.at(-1);
  if (last?.role === 'assistant' && (more || !last.calls)) last.calls = [...(last.calls ?? []), call];
  else messages.push({ role: 'assistant', content: '', calls: [call] });
}

function errorText(error: unknown): string {
  return typeof error === 'string' ? error : JSON.stringify(error ?? '');
}

function partsOf(content: Extract<Known, { role: 'user' }>['content']): ClientPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part) => {
    if (part.type !== 'input_image') return { type: 'text', text: part.text };
    const { image_url: url, detail } = part;
    return { type: 'image', url, ...(detail && { detail }) };
  });
}

function textOf(content: string | { type: string; text?: string; refusal?: string }[]): string {
  if (typeof content === 'string') return content;
  return content.map(({ type, text, refusal }) => text ?? refusal ?? `[${type}]`).join('');
}

/** Providers refuse a conversation in which a call has no result right after it, or a result no call. */
function createCallOrder(before: ClientMessage[], unanswered: string[]) {
  const open = new Set(unanswered);
  const known = new Set(before.flatMap((each) => (each.role === 'assistant' ? (each.calls ?? []) : [])).map(idOf));
  const fail = (param: string, message: string): never => {
    throw new ApiError(400, `${param}: ${message}`, { param });
  };
  return {
    open,
    opened(id: string, param: string): void {
      if (open.has(id)) fail(`${param}.call_id`, `two calls have the id ${id.slice(0, 100)}.`);
      open.add(id);
    },
    answered(id: string, param: string): void {
      if (open.delete(id)) return;
      const why = known.has(id) ? 'has its result already' : 'was never made';
      fail(`${param}.call_id`, `No tool call found for this output: ${id.slice(0, 100)} ${why}.`);
    },
    closed(param: string): void {
      if (open.size > 0) fail(param, `No tool output found for function call ${[...open].join(', ').slice(0, 200)}.`);
    },
  };
}

function idOf({ id }: { id: string }): string {
  return id;
}
