import type { IncomingHttpHeaders } from 'node:http';

/**
 * One tool call that the played model asks for. A string as `arguments` is sent as it stands, so broken JSON is
 * possible.
 */
export interface PlayedToolCall {
  name: string;
  arguments: Record<string, unknown> | string;
  /** When absent, each answer gets a new one, as real providers do. */
  id?: string;
}

export interface PlayedUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens?: number;
  prompt_tokens_details?: { cached_tokens: number };
  completion_tokens_details?: { reasoning_tokens: number };
}

/** An HTTP failure instead of an answer. A missing body becomes LiteLLM's usual one for that status. */
export interface PlayedError {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** An answer as it goes over the wire, for shapes that no other field can play. */
export interface RawAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** Written one after the other. */
  pieces: (string | Buffer)[];
  /** Destroys the socket after the last piece. */
  cut?: boolean;
}

/** What the model does when it is asked once. An empty turn answers with an empty text. */
export interface Turn {
  text?: string;
  toolCalls?: PlayedToolCall[];
  /** Sent before the text, inside `<think>…</think>`, as some open models do. */
  thinkTags?: string;
  /** Sent as `reasoning_content`. */
  reasoning?: string;
  usage?: PlayedUsage;
  /** US dollars: `usage.cost` in a stream, the header `x-litellm-response-cost` otherwise. */
  cost?: number;
  omitUsage?: boolean;
  /** Puts the usage into the chunk with the finish reason, instead of a chunk of its own. */
  usageInNonFinalChunk?: boolean;
  finishReason?: 'stop' | 'tool_calls' | 'length' | 'content_filter';
  /** Milliseconds before the first byte. */
  delayMs?: number;
  /** Milliseconds between two chunks of a stream. */
  chunkDelayMs?: number;
  /** How many characters a chunk has; 24 when absent. */
  chunkSize?: number;
  error?: PlayedError;
  /** Sent in the place of everything else. */
  raw?: RawAnswer;
  /** Makes `data: {"error": …}` the stream's last frame, instead of the finish. The HTTP status stays 200. */
  midStreamError?: { message: string; type?: string; code?: string; afterChunks?: number };
  /** Destroys the socket after this many bytes of the body. */
  cutAfterBytes?: number;
  /** Destroys the socket after this many chunks. */
  cutAfterChunks?: number;
  /** Never answers, so the caller has to give up. */
  hang?: boolean;
  /** Stops sending after this many chunks and keeps the connection open. */
  hangAfterChunks?: number;
}

export interface ChatMessage {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  content?: string | { type: string; text?: string; image_url?: { url: string } }[] | null;
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
  /** The text of the last user message. */
  user: string;
  /** The NAME of the newest `[script:NAME]` in a user message. */
  marker: string | undefined;
  /** How many model answers follow the last user message: 0 for the first call of a run, 1 after its first tools… */
  step: number;
  /** Tool results after the last user message, in order. */
  results: { id: string; text: string }[];
  toolNames: string[];
}

export type TurnHandler = (request: ParsedRequest, call: number) => Turn | Promise<Turn>;

const MARKER = /\[script:([\w.-]+)\]/g;

/** Puts a mark into a message, so that the script of that name answers the conversation. */
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
  // Pictures of tool results come in a message of the user below the results, which is no new question.
  const isQuestion = ({ role, content }: ChatMessage, at: number): boolean =>
    role === 'user' && !(Array.isArray(content) && body.messages[at - 1]?.role === 'tool');
  const lastUser = body.messages.findLastIndex(isQuestion);
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
