/** What a provider's word for the end of an answer says of the answer. */
export type Finish = 'whole' | 'calls' | 'cut' | 'filtered' | 'failed' | 'overloaded' | 'malformed' | 'unknown';

/**
 * Words of OpenAI, Azure, Anthropic, Gemini, Bedrock, Mistral, DeepSeek, Cohere, xAI, Zhipu, Hugging Face, Ollama, vLLM
 * and others, in lower case with `_` between words.
 */
const words: Record<Exclude<Finish, 'unknown'>, string> = {
  whole:
    'stop end_turn stop_sequence stop_token eos eos_token end_of_text end_of_sequence end complete completed finish finished done success normal natural true',
  calls: 'tool_calls tool_call tool_use tools function_call function_calls call action',
  cut: 'length max_tokens max_length max_output_tokens max_completion_tokens max_new_tokens max_token token_limit model_length context_length context_window model_context_window_exceeded context_window_exceeded truncated incomplete limit pause_turn time_limit',
  filtered:
    'content_filter content_filtered filter filtered safety recitation blocklist blocked prohibited_content spii image_safety image_prohibited_content image_recitation language refusal refused guardrail_intervened guardrail sensitive moderation flagged policy policy_violation error_toxic content_policy_violation jailbreak',
  failed:
    'error failed failure abort aborted cancel cancelled canceled user_cancel timeout network_error internal_error server_error engine_error other exception no_image',
  overloaded: 'insufficient_system_resource overloaded overload error_limit unavailable',
  malformed:
    'malformed_function_call unexpected_tool_call malformed_tool_call malformed_response invalid_tool_call missing_thought_signature too_many_tool_calls',
};
const known = new Map(
  Object.entries(words).flatMap(([finish, list]) => list.split(' ').map((word) => [word, finish as Finish] as const)),
);

/** What a word that is not known most likely says, by what is in it; the order counts. */
const likely: [RegExp, Finish][] = [
  [/malform|invalid/, 'malformed'],
  [/filter|safety|block|policy|harm|guard|moderat|refus|prohibit|sensitiv|toxic|unsafe/, 'filtered'],
  [/overload|resource|unavailable|capacity/, 'overloaded'],
  [/error|fail|abort|cancel|timeout|exception|interrupt/, 'failed'],
  [/length|token|limit|max|trunc|incomplete|exceed|context/, 'cut'],
  [/tool|function|call/, 'calls'],
  [/stop|end|eos|finish|complete|done/, 'whole'],
];

/** Reads a finish reason, whatever its spelling; undefined when the provider named none. */
export function readFinish(reason: unknown): Finish | undefined {
  const word = finishWord(reason);
  if (word === undefined) return undefined;
  return known.get(word) ?? likely.find(([pattern]) => pattern.test(word))?.[1] ?? 'unknown';
}

/** The word itself, without the decorations that enums and SDKs put around it. */
export function finishWord(reason: unknown): string | undefined {
  if (reason === true) return 'true';
  if (typeof reason === 'object' && reason !== null) {
    const { type, reason: inner, finish_reason: named } = reason as Record<string, unknown>;
    return finishWord(type ?? inner ?? named);
  }
  if (typeof reason !== 'string') return typeof reason === 'number' ? String(reason) : undefined;
  const word = reason
    .trim()
    .replace(/([a-z])(?=[A-Z])/g, '$1_')
    .toLowerCase()
    .replaceAll(/[\s.:-]+/g, '_')
    .replace(/^(?:[a-z]*_)?(?:finish|stop)_?reason_/, '');
  return /^(?:|null|none|undefined|unspecified|finish_reason_unspecified|unknown)$/.test(word) ? undefined : word;
}

/** Where an answer's end is told several times, what is most serious counts. */
const seriousness: Finish[] = ['unknown', 'whole', 'calls', 'cut', 'filtered', 'malformed', 'failed', 'overloaded'];

export function moreSerious(a: Finish | undefined, b: Finish | undefined): Finish | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return seriousness.indexOf(a) >= seriousness.indexOf(b) ? a : b;
}
