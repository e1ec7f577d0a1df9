import { randomUUID } from 'node:crypto';
import type { ChatRequest } from './request.ts';

export interface PlannedCall {
  name: string;
  arguments: Record<string, unknown>;
}

/** What the model does next: it calls tools, or it answers. */
export type Turn = { calls: PlannedCall[]; text: string } | { calls?: never; text: string };

interface WireCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

/** The body of an answer that is not streamed. */
export function completion(turn: Turn, request: ChatRequest): object {
  const calls = wireCalls(turn);
  const message = {
    role: 'assistant',
    content: turn.text === '' ? null : turn.text,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return {
    ...head(request, 'chat.completion'),
    choices: [{ index: 0, message, finish_reason: finishReason(turn), logprobs: null }],
    usage: usage(turn, request),
  };
}

/** The frames of a streamed answer, word by word, `[DONE]` included. */
export function* frames(turn: Turn, request: ChatRequest): Iterable<string> {
  const common = head(request, 'chat.completion.chunk');
  const frame = (delta: object, finish: string | null = null): string =>
    sse({ ...common, choices: [{ index: 0, delta, finish_reason: finish }] });
  yield frame({ role: 'assistant', content: '' });
  for (const piece of turn.text.match(/\s*\S+\s*?(?=\s|$)|\s+$/g) ?? []) yield frame({ content: piece });
  for (const [index, call] of wireCalls(turn).entries()) {
    const { name, arguments: text } = call.function;
    yield frame({ tool_calls: [{ index, id: call.id, type: 'function', function: { name, arguments: '' } }] });
    yield frame({ tool_calls: [{ index, function: { arguments: text } }] });
  }
  yield frame({}, finishReason(turn));
  if (request.stream_options?.include_usage) yield sse({ ...common, choices: [], usage: usage(turn, request) });
  yield 'data: [DONE]\n\n';
}

function sse(body: object): string {
  return `data: ${JSON.stringify(body)}\n\n`;
}

function head(request: ChatRequest, object: string): object {
  return { id: `chatcmpl-${randomUUID()}`, object, created: Math.floor(Date.now() / 1000), model: request.model };
}

function finishReason(turn: Turn): string {
  return turn.calls && turn.calls.length > 0 ? 'tool_calls' : 'stop';
}

function wireCalls(turn: Turn): WireCall[] {
  return (turn.calls ?? []).map((call) => ({
    id: `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
}

/** Counts one token for four characters: an estimate, because the rules have no tokenizer. */
function usage(turn: Turn, request: ChatRequest): object {
  const prompt = Math.ceil(JSON.stringify([request.messages, request.tools ?? []]).length / 4);
  const answer = Math.ceil((turn.text.length + JSON.stringify(turn.calls ?? []).length) / 4);
  return { prompt_tokens: prompt, completion_tokens: answer, total_tokens: prompt + answer };
}
