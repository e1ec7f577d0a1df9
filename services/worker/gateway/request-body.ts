import type { ChatBody, ChatMessage } from './chat.ts';
import type { ModelRequest } from './gateway.ts';
import type { Quirks } from './quirks.ts';

/** The request in OpenAI's format, streamed and with usage, but for what the endpoint does not take. */
export function requestBody(request: ModelRequest, quirks: Quirks): ChatBody {
  const { model, tools, toolChoice, prompted } = request;
  const messages = request.messages.map((message) => wireMessage(message, quirks));
  return {
    model,
    messages: quirks.has('system') ? withoutSystem(messages) : messages,
    ...(!quirks.has('stream') && { stream: true }),
    ...(!quirks.has('stream') && !quirks.has('stream_options') && { stream_options: { include_usage: true } }),
    ...(tools.length > 0 &&
      !prompted && { tools, ...(!quirks.has('tool_choice') && { tool_choice: wireChoice(toolChoice) }) }),
    ...outputLimit(request.maxOutputTokens, quirks),
    ...optional(request.parameters, quirks),
  } as ChatBody;
}

/** What a program asked for, but for what the endpoint does not take. */
function optional(parameters: ModelRequest['parameters'] = {}, quirks: Quirks): Record<string, unknown> {
  const refused: ReadonlySet<string> = quirks;
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !refused.has(name)));
}

function outputLimit(tokens: number | undefined, quirks: Quirks): Partial<ChatBody> {
  if (tokens === undefined || quirks.has('max_completion_tokens')) return {};
  return quirks.has('max_tokens') ? { max_completion_tokens: tokens } : { max_tokens: tokens };
}

function wireChoice(choice: ModelRequest['toolChoice']): NonNullable<ChatBody['tool_choice']> {
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } };
}

/** Who asks and for which run, in LiteLLM's headers. Other endpoints ignore headers, but may refuse body fields. */
export function accountingHeaders({ endUser, trace, source }: ModelRequest): Record<string, string> {
  return {
    'x-litellm-end-user-id': headerValue(endUser),
    'x-litellm-trace-id': headerValue(trace),
    'x-litellm-tags': headerValue(`dragoman,source:${source}`),
    'x-litellm-spend-logs-metadata': headerValue(JSON.stringify({ run: trace, source })),
  };
}

/** Puts the system's text in front of the first question. */
function withoutSystem(messages: ChatMessage[]): ChatMessage[] {
  const texts = messages.flatMap(({ role, content }) =>
    role === 'system' && typeof content === 'string' ? [content] : [],
  );
  const others = messages.filter(({ role }) => role !== 'system');
  const first = others.findIndex(({ role }) => role === 'user');
  const head = texts.join('\n\n');
  const asked = others[first];
  if (asked?.role !== 'user') return [{ role: 'user', content: head }, ...others];
  const content =
    typeof asked.content === 'string'
      ? `${head}\n\n${asked.content}`
      : [{ type: 'text' as const, text: head }, ...asked.content];
  return others.with(first, { ...asked, content });
}

/**
 * Models invent tool names that providers refuse when they are echoed, and write arguments that are not a JSON object,
 * which Anthropic and Gemini cannot take back. Both are made acceptable in the history that is sent.
 */
function wireMessage(message: ChatMessage, quirks: Quirks): ChatMessage {
  if (message.role === 'user' && quirks.has('image_url')) return withoutPictures(message);
  if (message.role !== 'assistant' || !message.tool_calls) return message;
  const tool_calls = message.tool_calls.map((call) => {
    if (call.type !== 'function') return call;
    const { name, arguments: text } = call.function;
    const signed = quirks.has('thought_signature') ? unsigned : undefined;
    return without(
      { ...signed, ...call, function: { name: echoableName(name), arguments: echoableArguments(text) } },
      quirks,
    );
  });
  const { content = null } = message;
  const fields = { ...message, tool_calls, content: content === null && quirks.has('content') ? '' : content };
  return without({ ...(quirks.has('reasoning') && { reasoning_content: '' }), ...fields }, quirks);
}

/** Goes with a call whose signature is not known (https://ai.google.dev/gemini-api/docs/thought-signatures). */
const unsigned = { extra_content: { google: { thought_signature: 'skip_thought_signature_validator' } } };

/** Tells a model that sees no pictures that there were some. */
function withoutPictures(message: Extract<ChatMessage, { role: 'user' }>): ChatMessage {
  if (!Array.isArray(message.content)) return message;
  const texts = message.content.map((part) => (part.type === 'text' ? part.text : '[a picture, which you cannot see]'));
  return { ...message, content: texts.join('\n') };
}

/** Leaves out fields beside the standard's, which the endpoint has refused. */
function without<T extends object>(fields: T, quirks: Quirks): T {
  if (quirks.size === 0) return fields;
  const kept = Object.entries(fields).filter(([name]) => name === 'content' || !quirks.has(name as never));
  return Object.fromEntries(kept) as T;
}

function echoableName(name: string): string {
  return /^[a-zA-Z0-9_-]{1,64}$/.test(name) ? name : name.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64) || 'unnamed';
}

function echoableArguments(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return text;
  } catch {
    // Text that is not JSON is wrapped below.
  }
  return text.trim() === '' ? '{}' : JSON.stringify({ invalid_arguments: text });
}

/** Header values are visible ASCII; anything else is percent-encoded. */
function headerValue(text: string): string {
  return text.slice(0, 1_000).replaceAll(/[^\x20-\x7E]/gu, (char) => encodeURIComponent(char.toWellFormed()));
}
