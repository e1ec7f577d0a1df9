/** What an answer cost, as far as the provider told; a figure that makes no sense is as good as none. */
export interface ToldUsage {
  inputTokens?: number | undefined;
  outputTokens?: number | undefined;
  cachedTokens?: number | undefined;
  reasoningTokens?: number | undefined;
  /** US dollars. */
  costUsd?: number | undefined;
}

const inputNames = [
  'prompt_tokens',
  'input_tokens',
  'promptTokenCount',
  'inputTokens',
  'prompt_token_count',
  'prompt_eval_count',
  'inputTokenCount',
  'prompt_n',
];
const outputNames = [
  'completion_tokens',
  'output_tokens',
  'candidatesTokenCount',
  'outputTokens',
  'candidates_token_count',
  'eval_count',
  'outputTokenCount',
  'predicted_n',
];
/** Where details stand, beside the figures or in an object of their own. */
const inputDetails = ['prompt_tokens_details', 'input_tokens_details'];
const outputDetails = ['completion_tokens_details', 'output_tokens_details'];
const cachedNames = [
  'cached_tokens',
  'prompt_cache_hit_tokens',
  'cache_read_input_tokens',
  'cachedContentTokenCount',
  'cached_content_token_count',
];
const reasoningNames = ['reasoning_tokens', 'thoughtsTokenCount', 'thoughts_token_count'];
const costNames = ['cost', 'total_cost', 'response_cost', 'cost_usd', 'estimated_cost'];

/** The biggest figures that are believed for one answer. */
const maxTokens = 100_000_000;
const maxUsd = 10_000;

/**
 * Reads the usage of a frame, wherever it stands: beside the choices (OpenAI), in one (Moonshot), in `x_groq`, in
 * `usage_metadata` (Gemini), in `timings` (llama.cpp) or on the frame itself (Ollama).
 */
export function readUsage(frame: Record<string, unknown>, choice: Record<string, unknown> | undefined): ToldUsage {
  const places = [
    frame['usage'],
    choice?.['usage'],
    objectOf(choice?.['message'])?.['usage'],
    objectOf(frame['x_groq'])?.['usage'],
    frame['usage_metadata'],
    frame['usageMetadata'],
    objectOf(frame['meta'])?.['tokens'],
    frame['timings'],
    'eval_count' in frame ? frame : undefined,
  ];
  const found: ToldUsage = {};
  for (const place of places) {
    const usage = objectOf(place);
    if (!usage) continue;
    const tokens = objectOf(usage['tokens']) ?? usage;
    found.inputTokens ??= figure(tokens, inputNames, maxTokens);
    found.outputTokens ??= figure(tokens, outputNames, maxTokens);
    found.cachedTokens ??= detail(tokens, inputDetails, cachedNames);
    found.reasoningTokens ??= detail(tokens, outputDetails, reasoningNames);
    found.costUsd ??= costOf(usage);
  }
  return found;
}

/** Takes later figures in the place of earlier ones: a usage that grows is told again and again. */
export function newerUsage(old: ToldUsage, next: ToldUsage): ToldUsage {
  return {
    inputTokens: next.inputTokens || old.inputTokens,
    outputTokens: next.outputTokens || old.outputTokens,
    cachedTokens: next.cachedTokens ?? old.cachedTokens,
    reasoningTokens: next.reasoningTokens ?? old.reasoningTokens,
    costUsd: next.costUsd ?? old.costUsd,
  };
}

/** US dollars in a header or field; undefined for what is no price. */
export function readUsd(value: unknown): number | undefined {
  return numberIn(value, maxUsd);
}

function costOf(usage: Record<string, unknown>): number | undefined {
  const cost = objectOf(usage['cost']) ?? usage;
  // xAI counts in ten thousand millionths of a dollar.
  const ticks = numberIn(usage['cost_in_usd_ticks'], maxUsd * 1e10);
  return figure(cost, costNames, maxUsd) ?? (ticks === undefined ? undefined : ticks / 1e10);
}

function detail(
  from: Record<string, unknown>,
  places: readonly string[],
  names: readonly string[],
): number | undefined {
  for (const place of [...places.map((name) => objectOf(from[name])), from]) {
    const found = place && figure(place, names, maxTokens);
    if (found !== undefined) return found;
  }
  return undefined;
}

function figure(from: Record<string, unknown>, names: readonly string[], most: number): number | undefined {
  for (const name of names) {
    const found = numberIn(from[name], most);
    if (found !== undefined) return found;
  }
  return undefined;
}

function numberIn(value: unknown, most: number): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined;
  const number = Number(value);
  return number >= 0 && number <= most ? number : undefined;
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
