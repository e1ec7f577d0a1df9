import { z } from 'zod';
import { metrics } from '#shared/process/metrics.ts';
import { addPassedOn, usageRows } from '#shared/run/usage.ts';
import { estimatedTokens } from '#shared/servers/tool-tokens.ts';
import type { Api } from '../api.ts';
import type { ApiCaller } from './caller.ts';

/** What the gateway told of one answer that was passed on. */
export interface ToldUsage {
  inputTokens: number;
  outputTokens: number;
  /** US dollars; absent where it did not say. */
  costUsd?: number | undefined;
}

/** Counts for the caller what the gateway told of an answer with these headers, and what was said in it. */
export type Count = (used: { usage?: ToldUsage | undefined; said: string; headers?: Headers }) => Promise<void>;

const figure = z.number().nonnegative().max(100_000_000).catch(0);
const usageSchema = z.object({
  usage: z.object({
    prompt_tokens: figure,
    completion_tokens: figure.default(0),
    cost: z.number().nonnegative().max(10_000).optional().catch(undefined),
  }),
});

/** The usage in a body or a chunk of the gateway; undefined where there is none. */
export function usageIn(body: unknown): ToldUsage | undefined {
  const read = usageSchema.safeParse(body);
  if (!read.success) return undefined;
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens, cost: costUsd } = read.data.usage;
  return { inputTokens, outputTokens, ...(costUsd !== undefined && { costUsd }) };
}

/** What was asked, and as far as it came what was answered: what is counted where nobody tells. */
export interface Passed {
  asked: unknown;
  said: string;
}

/**
 * By our own count where the gateway has told nothing: else neither a provider that never tells nor a client that leaves
 * before the end would use any budget. Endpoints that do not count say 0.
 */
export function toldOrCounted(told: Partial<ToldUsage> | undefined, { asked, said }: Passed): ToldUsage {
  return {
    ...told,
    inputTokens: told?.inputTokens || estimatedTokens(JSON.stringify(asked)),
    outputTokens: told?.outputTokens || (said === '' ? 0 : estimatedTokens(said)),
  };
}

/** US dollars as LiteLLM says them in the head of an answer. */
export function costIn(headers: Headers): number | undefined {
  const cost = Number(headers.get('x-litellm-response-cost') ?? 'none');
  return cost >= 0 && cost <= 10_000 ? cost : undefined;
}

/** Counts an answer that was passed on for its caller's month, and so for their budget. */
export async function countPassedOn(
  { redis, models, policy }: Pick<Api, 'redis' | 'models' | 'policy'>,
  caller: ApiCaller,
  { model, usage }: { model: string; usage: ToldUsage },
): Promise<void> {
  const costUsd = usage.costUsd ?? (await models.costOf(model, usage)) ?? 0;
  // Only names of the gateway's own list come here, so that the label is bounded.
  metrics.modelTokens.inc({ model, direction: 'in' }, usage.inputTokens);
  metrics.modelTokens.inc({ model, direction: 'out' }, usage.outputTokens);
  metrics.modelCost.inc({ model }, costUsd);
  await addPassedOn(redis, usageRows(caller, policy.current().roles(caller)), { ...usage, costUsd });
}
