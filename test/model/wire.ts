import { randomUUID } from 'node:crypto';
import type { ParsedRequest, PlayedToolCall, PlayedUsage, Turn } from './turn.ts';

const DEFAULT_CHUNK = 24;

interface Usage extends PlayedUsage {
  total_tokens: number;
  cost?: number;
}

function pieces(text: string, size: number): string[] {
  const out: string[] = [];
  for (let at = 0; at < text.length; at += size) out.push(text.slice(at, at + size));
  return out;
}

/**
 * Counts one token for four characters: good enough for tests, and free. Tests of accounting give their own figures.
 */
function usageOf(turn: Turn, request: ParsedRequest): Usage {
  const prompt = turn.usage?.prompt_tokens ?? Math.ceil(JSON.stringify(request.body.messages).length / 4);
  const calls = turn.toolCalls ? JSON.stringify(turn.toolCalls).length : 0;
  const completion = turn.usage?.completion_tokens ?? Math.ceil(((turn.text?.length ?? 0) + calls) / 4);
  return {
    ...turn.usage,
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: turn.usage?.total_tokens ?? prompt + completion,
    ...(turn.cost === undefined ? {} : { cost: turn.cost }),
  };
}

function finishReason(turn: Turn): string {
  return turn.finishReason ?? (turn.toolCalls && turn.toolCalls.length > 0 ? 'tool_calls' : 'stop');
}

function fullText(turn: Turn): string {
  return (turn.thinkTags === undefined ? '' : `<think>${turn.thinkTags}</think>`) + (turn.text ?? '');
}

function wireCall(call: PlayedToolCall): {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
} {
  const text = typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
  const id = call.id ?? `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
  return { id, type: 'function', function: { name: call.name, arguments: text } };
}

/** The body of an answer that is not streamed. */
export function completion(turn: Turn, request: ParsedRequest): Record<string, unknown> {
  const calls = turn.toolCalls?.map(wireCall);
  const text = fullText(turn);
  const message = {
    role: 'assistant',
    content: text === '' && calls ? null : text,
    ...(turn.reasoning === undefined ? {} : { reasoning_content: turn.reasoning }),
    ...(calls && calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return {
    id: `chatcmpl-${randomUUID()}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: request.body.model,
    choices: [{ index: 0, message, finish_reason: finishReason(turn) }],
    ...(turn.omitUsage ? {} : { usage: usageOf(turn, request) }),
  };
}

/** The frames of a stream, `[DONE]` included. A mid-stream error replaces what follows it. */
export function frames(turn: Turn, request: ParsedRequest): string[] {
  const head = {
    id: `chatcmpl-${randomUUID()}`,
    object: 'chat.completion.chunk',
    created: Math.floor(Date.now() / 1000),
    model: request.body.model,
  };
  const frame = (delta: object, extra: object = {}): string =>
    `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: null, ...extra }] })}\n\n`;
  const out = deltas(turn).map((delta) => frame(delta));
  if (turn.midStreamError) return [...out.slice(0, turn.midStreamError.afterChunks ?? out.length), errorFrame(turn)];
  const usage = turn.omitUsage || !request.body.stream_options?.include_usage ? undefined : usageOf(turn, request);
  const last = { ...head, choices: [{ index: 0, delta: {}, finish_reason: finishReason(turn) }] };
  out.push(`data: ${JSON.stringify(turn.usageInNonFinalChunk && usage ? { ...last, usage } : last)}\n\n`);
  if (usage && !turn.usageInNonFinalChunk) out.push(`data: ${JSON.stringify({ ...head, choices: [], usage })}\n\n`);
  out.push('data: [DONE]\n\n');
  return out;
}

function deltas(turn: Turn): object[] {
  const size = turn.chunkSize ?? DEFAULT_CHUNK;
  const out: object[] = [{ role: 'assistant', content: '' }];
  for (const part of pieces(turn.reasoning ?? '', size)) out.push({ reasoning_content: part });
  for (const part of pieces(fullText(turn), size)) out.push({ content: part });
  for (const [index, call] of (turn.toolCalls ?? []).map(wireCall).entries()) {
    const { name, arguments: text } = call.function;
    out.push({ tool_calls: [{ index, id: call.id, type: 'function', function: { name, arguments: '' } }] });
    // Only the first delta of a call carries its id and name. The index connects the rest.
    for (const part of pieces(text, size)) out.push({ tool_calls: [{ index, function: { arguments: part } }] });
  }
  return out;
}

function errorFrame(turn: Turn): string {
  const { message, type = 'internal_server_error', code = '500' } = turn.midStreamError!;
  return `data: ${JSON.stringify({ error: { message, type, param: null, code } })}\n\n`;
}

const TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'auth_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  429: 'throttling_error',
};

/** LiteLLM's error body; `code` is a string there, normally the status. */
export function errorBody(status: number, message = `Played failure ${status}`, type?: string, code?: string): object {
  return {
    error: {
      message,
      type: type ?? TYPES[status] ?? 'internal_server_error',
      param: null,
      code: code ?? String(status),
    },
  };
}
