import type { Usage } from '#shared/run/request.ts';
import { estimatedTokens } from '#shared/servers/tool-tokens.ts';
import { countTokens } from '../history/tokens.ts';
import type { ToldUsage } from './answer/usage.ts';
import type { ModelRequest, WireAnswer } from './gateway.ts';
import type { ModelInfo } from './model-info.ts';

/** What an answer has used: as its provider told it, and for what that left out, by our own count and the price list. */
export async function estimatedUsage(info: ModelInfo, request: ModelRequest, answer: WireAnswer): Promise<Usage> {
  const { told } = answer;
  // Endpoints that do not count say 0.
  const inputTokens = told.inputTokens || (await countTokens(asked(request), request.model));
  const outputTokens = told.outputTokens || (await countTokens(said(answer), request.model));
  const tokens = { inputTokens, outputTokens, ...detailsOf(told) };
  if (told.costUsd !== undefined) return { ...tokens, costUsd: told.costUsd, estimated: false };
  const costUsd = (await info.costOf(request.model, { inputTokens, outputTokens })) ?? 0;
  return { ...tokens, costUsd, estimated: true };
}

/**
 * About what an answer has used that was cut off after this text. A rough count, because a stop has to be quick: the
 * encodings take half a second to load.
 */
export async function usageOfCut(info: ModelInfo, request: ModelRequest, text: string): Promise<Usage> {
  const tokens = { inputTokens: estimatedTokens(asked(request)), outputTokens: estimatedTokens(text) };
  return { ...tokens, costUsd: (await info.costOfSoon(request.model, tokens)) ?? 0, estimated: true };
}

/** Only what was told: nobody here can count these. */
function detailsOf({ cachedTokens, reasoningTokens }: ToldUsage): Pick<Usage, 'cachedTokens' | 'reasoningTokens'> {
  return {
    ...(cachedTokens !== undefined && { cachedTokens }),
    ...(reasoningTokens !== undefined && { reasoningTokens }),
  };
}

function asked({ messages, tools, prompted }: ModelRequest): string {
  return JSON.stringify(prompted ? messages : [messages, tools]);
}

function said({ text, thought, toolCalls }: WireAnswer): string {
  return (thought?.text ?? '') + text + (toolCalls.length > 0 ? JSON.stringify(toolCalls) : '');
}
