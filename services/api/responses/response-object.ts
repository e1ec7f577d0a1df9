import type { Usage } from '#shared/run/request.ts';
import type { Ending } from './ending.ts';
import { responseId, type ResponsePlace } from './ids.ts';
import type { Item } from './items.ts';
import { repeatedDefaults, type Shown } from './shown.ts';

/** What a response is made from, besides its run's journal. */
export interface ResponseView extends ResponsePlace {
  /** True: questions to humans do not end it. */
  whole: boolean;
  /** Milliseconds since the epoch. */
  createdAt: number;
  shown: Shown;
  /** True: of several texts only the last is shown, because a program reads it. */
  onlyLast: boolean;
}

interface Now {
  status: string;
  items: Item[];
  usage: Usage | undefined;
  ending: Ending | undefined;
}

/** The response object. Members that the protocol requires are always there. */
export function responseObject(view: ResponseView, { status, items, usage, ending }: Now) {
  const { shown } = view;
  const leftOut = shown.leftOut.length > 0 ? { tools_left_out: shown.leftOut } : {};
  return {
    id: responseId(view),
    object: 'response',
    created_at: seconds(view.createdAt),
    completed_at: ending?.status === 'completed' ? seconds(ending.at) : null,
    status,
    background: shown.background,
    error: ending?.error ?? null,
    incomplete_details: ending?.reason === undefined ? null : { reason: ending.reason },
    instructions: shown.instructions,
    model: shown.model,
    output: items,
    previous_response_id: shown.previous,
    store: shown.store,
    ...repeatedDefaults,
    ...shown.repeated,
    usage: usage ? wireUsage(usage) : null,
    dragoman: { run: view.runId, ...(usage && ours(usage)), ...leftOut },
  };
}

/** The protocol wants a number for each detail; what `tokens_not_told` names was told by nobody. */
function wireUsage({ inputTokens, outputTokens, cachedTokens = 0, reasoningTokens = 0 }: Usage) {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  };
}

function ours({ costUsd, estimated, cachedTokens, reasoningTokens }: Usage) {
  const untold = [
    ...(cachedTokens === undefined ? ['cached_tokens'] : []),
    ...(reasoningTokens === undefined ? ['reasoning_tokens'] : []),
  ];
  return {
    cost_usd: costUsd,
    ...(estimated && { estimated }),
    ...(untold.length > 0 && { tokens_not_told: untold }),
  };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
