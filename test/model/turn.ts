import type { IncomingHttpHeaders } from 'node:http';

/** One tool call that the played model asks for. A string as `arguments` goes out as it stands: broken JSON is possible. */
export interface PlayedToolCall {
  name: string;
  arguments: Record<string, unknown> | string;
  /** Made up when absent, and then new in every answer, as real providers do. */
  id?: string;
}

export interface PlayedUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens?: number;
}

/** An HTTP failure in place of an answer; a missing body is LiteLLM's usual shape for that status. */
export interface PlayedError {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** What the model does when it is asked once. An empty turn answers with an empty text. */
export interface Turn {
  text?: string;
  toolCalls?: PlayedToolCall[];
  /** Goes out before the text, inside `<think>…</think>`, as some open models do. */
  thinkTags?: string;
  /** Goes out as `reasoning_content`. */
  reasoning?: string;
  usage?: PlayedUsage;
  /** US dollars: `usage.cost` in a stream, the header `x-litellm-response-cost` otherwise. */
  cost?: number;
  omitUsage?: boolean;
  /** Puts the usage into the chunk with the finish reason, and sends no chunk of its own for it. */
  usageInNonFinalChunk?: boolean;
  finishReason?: 'stop' | 'tool_calls' | 'length' | 'content_filter';
  /** Milliseconds before the first byte. */
  delayMs?: number;
  /** Milliseconds between two chunks of a stream. */
  chunkDelayMs?: number;
  /** Characters a chunk; 24 when absent. */
  chunkSize?: number;
  error?: PlayedError;
  /** The stream's last frame is `data: {"error": …}` instead of the finish; HTTP status stays 200. */
  midStreamError?: { message: string; type?: string; code?: string; afterChunks?: number };
  /** Destroys the socket after so many bytes of the body. */
  cutAfterBytes?: number;
  /** Destroys the socket after so many chunks. */
  cutAfterChunks?: number;
  /** Never answers; the caller has to give up. */
  hang?: boolean;
  /** Stops sending after so many chunks and keeps the connection open. */
  hangAfterChunks?: number;
}

export interface ChatMessage {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  content?: string | { type: string; text?: string }[] | null;
  tool_calls?: { id: string; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
  name?: string;
}

export interface ChatTool {
  type: 'function';
  function: { name: string; description?: string; parameters?: Record<string, unknown> };
}

export interface ChatBody {
  model: string;
  messages: ChatMessage[];
  tools?: ChatTool[];
  tool_choice?: unknown;
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
  [field: string]: unknown;
}

/** A request as handlers see it: the body, and what most scripts want to know about it. */
export interface ParsedRequest {
  body: ChatBody;
  headers: IncomingHttpHeaders;
  /** Text of the last user message. */
  user: string;
  /** NAME of the newest `[script:NAME]` in a user message. */
  marker: string | undefined;
  /** How many model answers follow the last user message: 0 for the first call of a run, 1 after its first tools… */
  step: number;
  /** Tool results after the last user message, in order. */
  results: { id: string; text: string }[];
  toolNames: string[];
}

export type TurnHandler = (request: ParsedRequest, call: number) => Turn | Promise<Turn>;

const MARKER = /\[script:([\w.-]+)\]/g;

/** Puts a marker into a message, so that the conversation is answered by the script of that name. */
export function mark(script: string, text: string): string {
  return `${text} [script:${script}]`;
}

/** The text of a message, whatever form its content has. */
export function messageText(message: ChatMessage | undefined): string {
  const content = message?.content;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => part.text ?? '').join('\n');
}

export function parseRequest(body: ChatBody, headers: IncomingHttpHeaders): ParsedRequest {
  const lastUser = body.messages.findLastIndex((message) => message.role === 'user');
  const after = body.messages.slice(lastUser + 1);
  return {
    body,
    headers,
    user: messageText(body.messages[lastUser]),
    marker: newestMarker(body.messages),
    step: after.filter((message) => message.role === 'assistant').length,
    results: after
      .filter((message) => message.role === 'tool')
      .map((message) => ({ id: message.tool_call_id ?? '', text: messageText(message) })),
    toolNames: (body.tools ?? []).map((tool) => tool.function.name),
  };
}

function newestMarker(messages: ChatMessage[]): string | undefined {
  for (const message of messages.toReversed()) {
    if (message.role !== 'user') continue;
    const found = [...messageText(message).matchAll(MARKER)].at(-1)?.[1];
    if (found) return found;
  }
  return undefined;
}
