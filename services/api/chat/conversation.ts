import type { ClientMessage, ClientPart } from '#shared/run/client-request.ts';
import { ApiError } from '../http/errors.ts';
import type { WireMessage } from './schema.ts';

/** A client's conversation, taken apart. */
export interface Conversation {
  /** The client's own instructions, in their order; undefined without any. */
  system: string | undefined;
  messages: ClientMessage[];
  /** The words of the newest message of a person, for lists of runs. */
  text: string;
}

/** Takes a conversation apart. Throws ApiError 400 where calls and their results do not fit together. */
export function readConversation(wire: WireMessage[]): Conversation {
  const system: string[] = [];
  const messages: ClientMessage[] = [];
  const calls = createCallOrder();
  for (const [index, message] of wire.entries()) {
    const param = `messages[${index}]`;
    if (message.role === 'system' || message.role === 'developer') {
      system.push(textOf(message.content));
      continue;
    }
    calls.check(message, param);
    messages.push(read(message, param));
  }
  calls.end(`messages[${wire.length - 1}]`);
  if (messages.length === 0) {
    throw new ApiError(400, 'messages: has nothing but instructions; send a message of the user.', {
      param: 'messages',
    });
  }
  return { system: system.length === 0 ? undefined : system.join('\n\n'), messages, text: questionOf(messages) };
}

/** Characters of all that a model would read. */
export function lengthOf({ system = '', messages }: Pick<Conversation, 'system' | 'messages'>): number {
  let length = system.length;
  for (const message of messages) {
    if (message.role === 'user')
      for (const part of message.content) length += part.type === 'text' ? part.text.length : 0;
    else length += message.content.length;
    if (message.role === 'assistant') for (const call of message.calls ?? []) length += call.arguments.length;
  }
  return length;
}

function read(message: Exclude<WireMessage, { role: 'system' | 'developer' }>, param: string): ClientMessage {
  switch (message.role) {
    case 'user':
      return {
        role: 'user',
        content: userParts(message.content),
        ...(message.name !== undefined && { name: message.name }),
      };
    case 'tool':
      return { role: 'tool', call: message.tool_call_id, content: textOf(message.content) };
    case 'assistant': {
      const { content, refusal, tool_calls } = message;
      const text =
        typeof content === 'string'
          ? content
          : (content ?? []).map(({ text = '', refusal = text }) => refusal).join('');
      // An answer that was stopped before its first word is kept as an empty text.
      if (content !== '' && text === '' && !tool_calls && !refusal) {
        throw new ApiError(400, `${param}.content: the assistant says nothing and calls nothing.`, {
          param: `${param}.content`,
        });
      }
      const calls = tool_calls?.map(({ id, function: { name, arguments: args } }) => ({ id, name, arguments: args }));
      return { role: 'assistant', content: text || (refusal ?? ''), ...(calls && { calls }) };
    }
  }
}

function userParts(content: Extract<WireMessage, { role: 'user' }>['content']): ClientPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part) => {
    if (part.type === 'text') return part;
    const { url, detail } = part.image_url;
    return { type: 'image', url, ...(detail && { detail }) };
  });
}

/** The words of a message. */
export function textOf(content: string | { type: string; text?: string | undefined }[]): string {
  return typeof content === 'string' ? content : content.map(({ type, text }) => text ?? `[${type}]`).join('');
}

/** The words of the newest message of a person. */
export function questionOf(messages: ClientMessage[]): string {
  const last = messages.findLast((message) => message.role === 'user');
  if (last?.role !== 'user') return '';
  return last.content.map((part) => (part.type === 'text' ? part.text : '[picture]')).join('\n');
}

/** Providers refuse a conversation in which a call has no result right after it, or a result no call. */
function createCallOrder() {
  let open = new Set<string>();
  const fail = (param: string, message: string): never => {
    throw new ApiError(400, `${param}: ${message}`, { param });
  };
  const closed = (param: string): void => {
    if (open.size > 0) fail(param, `the calls ${[...open].join(', ').slice(0, 200)} have no result before this.`);
  };
  return {
    check(message: WireMessage, param: string): void {
      if (message.role === 'tool') {
        if (!open.delete(message.tool_call_id)) {
          fail(`${param}.tool_call_id`, `no call ${message.tool_call_id.slice(0, 100)} waits for a result here.`);
        }
        return;
      }
      closed(param);
      if (message.role !== 'assistant') return;
      const ids = (message.tool_calls ?? []).map(({ id }) => id);
      open = new Set(ids);
      if (open.size < ids.length) fail(`${param}.tool_calls`, 'two calls have the same id.');
    },
    end(param: string): void {
      if (open.size > 0) fail(param, `the calls ${[...open].join(', ').slice(0, 200)} have no result.`);
    },
  };
}
