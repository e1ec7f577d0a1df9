import type { ChatBody, ChatMessage } from './chat.ts';
import type { ModelRequest } from './gateway.ts';

/** The request in OpenAI's format, streamed and with usage. */
export function requestBody(request: ModelRequest): ChatBody {
  const { model, tools, toolChoice, maxOutputTokens } = request;
  return {
    model,
    messages: request.messages.map(wireMessage),
    stream: true,
    stream_options: { include_usage: true },
    ...(tools.length > 0 && { tools, tool_choice: wireChoice(toolChoice) }),
    ...(maxOutputTokens !== undefined && { max_tokens: maxOutputTokens }),
    ...request.parameters,
  };
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

/**
 * Models invent tool names that providers refuse when they are echoed, and write arguments that are not a JSON object,
 * which Anthropic and Gemini cannot take back. Both are made acceptable in the history that is sent.
 */
function wireMessage(message: ChatMessage): ChatMessage {
  if (message.role !== 'assistant' || !message.tool_calls) return message;
  const tool_calls = message.tool_calls.map((call) => {
    if (call.type !== 'function') return call;
    const { name, arguments: text } = call.function;
    return { ...call, function: { name: echoableName(name), arguments: echoableArguments(text) } };
  });
  return { ...message, tool_calls };
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
