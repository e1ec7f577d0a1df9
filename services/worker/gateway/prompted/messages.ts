import type { ChatMessage, ChatTool } from '../chat.ts';
import { callClose, callOpen, instructions } from './instructions.ts';

/**
 * The conversation for a model that knows no tool calls: the tools stand in the system message, calls in the
 * assistant's text, and the results of one turn in one message of the user's role.
 */
export function promptedMessages(messages: ChatMessage[], tools: ChatTool[], mayCall: boolean): ChatMessage[] {
  const names = new Map<string, string>();
  const out: ChatMessage[] = [];
  let results: string[] = [];
  const flush = (): void => {
    if (results.length > 0) out.push({ role: 'user', content: results.join('\n\n') });
    results = [];
  };
  for (const message of messages) {
    if (message.role === 'tool') {
      results.push(resultText(names.get(message.tool_call_id) ?? 'tool', contentText(message.content)));
      continue;
    }
    flush();
    out.push(message.role === 'assistant' ? assistantText(message, names) : message);
  }
  flush();
  return withSystem(out, instructions(tools, mayCall));
}

type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>;

function assistantText(message: AssistantMessage, names: Map<string, string>): ChatMessage {
  if (!message.tool_calls) return message;
  const blocks = message.tool_calls.flatMap((call) => {
    if (call.type !== 'function') return [];
    names.set(call.id, call.function.name);
    return [`${callOpen}\n${callText(call.function.name, call.function.arguments)}\n${callClose}`];
  });
  const text = contentText(message.content);
  return { role: 'assistant', content: [...(text === '' ? [] : [text]), ...blocks].join('\n') };
}

/** A call as the model should have written it; raw text that is not JSON stays visible. */
function callText(name: string, args: string): string {
  try {
    return JSON.stringify({ name, arguments: JSON.parse(args || '{}') as unknown });
  } catch {
    return JSON.stringify({ name, arguments: args });
  }
}

function resultText(name: string, text: string): string {
  return `Result of the tool ${name}:\n${text}`;
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: { text?: string }) => part.text ?? '').join('\n');
}

function withSystem(messages: ChatMessage[], text: string): ChatMessage[] {
  const [head, ...rest] = messages;
  if (head?.role !== 'system') return [{ role: 'system', content: text }, ...messages];
  return [{ ...head, content: `${contentText(head.content)}\n\n${text}` }, ...rest];
}
