import type { ToolCall } from '#shared/run/journal-entries.ts';
import type { Usage } from '#shared/run/request.ts';
import type { Outcome } from '../answer/outcome.ts';

/** Everything that chat completions answer with. Members that a client would not understand are left out, not empty. */
export interface ChatWire {
  /** Seconds since the epoch. */
  created: number;
  /** The name under which the client asked for the model. */
  model: string;
  runId: string;
}

export function completion(wire: ChatWire, { text, calls, finish, usage }: Outcome) {
  return {
    id: idOf(wire.runId),
    object: 'chat.completion',
    created: wire.created,
    model: wire.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text === '' && calls.length > 0 ? null : text,
          ...(calls.length > 0 && { tool_calls: calls.map(wireCall) }),
        },
        finish_reason: finish,
      },
    ],
    usage: wireUsage(usage),
    dragoman: ours(wire, usage),
  };
}

export type Delta = { role: 'assistant'; content?: '' } | { content: string } | { tool_calls: object[] } | object;

export function chunk(wire: ChatWire, delta: Delta, finish: Outcome['finish'] | null = null) {
  return {
    id: idOf(wire.runId),
    object: 'chat.completion.chunk',
    created: wire.created,
    model: wire.model,
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
}

/** The last chunk of a stream that asked for usage: without choices, as clients expect it. */
export function usageChunk(wire: ChatWire, usage: Usage) {
  return { ...chunk(wire, {}), choices: [], usage: wireUsage(usage), dragoman: ours(wire, usage) };
}

export function callDeltas(calls: ToolCall[]) {
  return { tool_calls: calls.map((call, index) => ({ index, ...wireCall(call) })) };
}

/** Details only where the provider told them. */
export function wireUsage({ inputTokens, outputTokens, cachedTokens, reasoningTokens }: Usage) {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...(cachedTokens !== undefined && { prompt_tokens_details: { cached_tokens: cachedTokens } }),
    ...(reasoningTokens !== undefined && { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  };
}

function ours({ runId }: ChatWire, { costUsd, estimated }: Usage) {
  return { run: runId, cost_usd: costUsd, ...(estimated && { estimated }) };
}

function wireCall({ id, name, arguments: args }: ToolCall) {
  return { id, type: 'function' as const, function: { name, arguments: args } };
}

function idOf(runId: string): string {
  return `chatcmpl-${runId}`;
}
