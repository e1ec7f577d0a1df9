import { estimatedTokens } from '#shared/servers/tool-tokens.ts';
import type { RunRequest } from '#shared/run/request.ts';
import type { WorkerConfig } from '../config.ts';
import type { Window } from '../gateway/model-info.ts';

/** What an answer gets where neither operator nor gateway limit it. */
const usualAnswer = 4_096;
/** Our count of a model's tokens may be this much too low. */
const margin = 0.9;

type RoomConfig = Pick<
  WorkerConfig,
  'HISTORY_MAX_TOKENS' | 'MODEL_MAX_OUTPUT_TOKENS' | 'TOOLS_MAX_TOKENS' | 'ENABLE_TOOLS'
>;

/**
 * How many tokens the earlier conversation may take: the operator's limit, and no more than the model's window leaves
 * beside the prompt, the question, the tools, their results and the answer. Where nobody knows the window, the limit
 * alone counts.
 */
export function roomForTalk(
  config: RoomConfig,
  {
    request,
    prompt,
    model,
    window,
  }: { request: RunRequest; prompt: string; model: string; window: Window | undefined },
): number {
  if (!window) return config.HISTORY_MAX_TOKENS;
  const { input } = window;
  const answer = Math.min(config.MODEL_MAX_OUTPUT_TOKENS ?? window.output ?? usualAnswer, input / 4);
  const hasTools = request.tools && config.ENABLE_TOOLS;
  const tools = hasTools ? Math.min(config.TOOLS_MAX_TOKENS(model), input / 4) : 0;
  const results = hasTools ? input / 8 : 0;
  const asked = estimatedTokens(prompt) + estimatedTokens(request.text);
  const left = Math.floor((input - answer - tools - results - asked) * margin);
  return Math.max(0, Math.min(config.HISTORY_MAX_TOKENS, left));
}
