import { DragomanError } from '#shared/ground/errors.ts';
import { upstreamWords } from './errors/errors.ts';
import { quirkLearned } from './events.ts';
import type { ModelRequest } from './gateway.ts';

/** Parameters that a program may ask for and that an answer is right without. */
const optionalParameters = [
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'stop',
  'seed',
  'logit_bias',
  'reasoning_effort',
  'verbosity',
  'parallel_tool_calls',
] as const;

/**
 * What an endpoint does not take for a model, each named by what is left out or changed in its requests:
 * `stream_options`, `tool_choice`, `reasoning_content` and the like are left out; `max_tokens` is called
 * `max_completion_tokens`; the text of the `system` role goes into the first question; `stream`: the answer comes whole;
 * `content`: no content is empty text instead of null; `image_url`: pictures are only named; `reasoning`: each call wants
 * its reasoning back, `thought_signature`: a signature; `unopened_thought`: its answers begin with a thought that only has a closing mark.
 */
const quirks = [
  'stream_options',
  'tool_choice',
  'max_tokens',
  'max_completion_tokens',
  'system',
  'stream',
  'image_url',
  'content',
  'reasoning_content',
  'reasoning_details',
  'thinking_blocks',
  'extra_content',
  'provider_specific_fields',
  'reasoning',
  'thought_signature',
  'unopened_thought',
  ...optionalParameters,
] as const;
export type Quirk = (typeof quirks)[number];
export type Quirks = ReadonlySet<Quirk>;

/** How many models are remembered. Their names come from requests, hence the bound. */
const maxModels = 200;
/** Refusals of an ordinary request that may say which of its optional parts is not taken. */
const reasons = new Set(['bad-request', 'tools-unsupported', 'model-not-found', 'provider-error']);

/** Remembers what each model's endpoint has refused. */
export interface QuirkMemory {
  of(model: string): Quirks;
  add(model: string, quirk: Quirk): void;
  /** Takes a failure in; returns true when the next request to the model will be another one. */
  learn(request: ModelRequest, error: unknown): boolean;
}

export function createQuirkMemory(): QuirkMemory {
  const memory = new Map<string, Set<Quirk>>();
  function add(model: string, quirk: Quirk): void {
    const known = memory.get(model) ?? new Set();
    if (known.has(quirk)) return;
    if (!memory.has(model) && memory.size >= maxModels) memory.delete([...memory.keys()][0] ?? '');
    memory.set(model, known.add(quirk));
    quirkLearned(model, quirk);
  }
  return {
    of: (model) => memory.get(model) ?? none,
    add,
    learn(request, error) {
      if (!(error instanceof DragomanError) || !reasons.has(error.reason)) return false;
      const sent = sentQuirks(request, memory.get(request.model) ?? none);
      const found = refusedBy(upstreamWords(error), error.reason, sent);
      if (found !== undefined) add(request.model, found);
      return found !== undefined;
    },
  };
}

const none: Quirks = new Set();

/** What can still be left out of a request, or changed in it. */
function sentQuirks(request: ModelRequest, known: Quirks): Quirk[] {
  const text = JSON.stringify(request.messages.filter(({ role }) => role === 'assistant'));
  const sent: Record<Quirk, boolean> = {
    stream_options: !known.has('stream'),
    tool_choice: request.tools.length > 0 && !request.prompted,
    max_tokens: request.maxOutputTokens !== undefined,
    max_completion_tokens: known.has('max_tokens'),
    system: request.messages.some(({ role }) => role === 'system'),
    stream: true,
    content: /"content":null/.test(text),
    image_url: request.messages.some(({ role, content }) => role === 'user' && Array.isArray(content)),
    unopened_thought: false,
    reasoning_content: text.includes('"reasoning_content":'),
    reasoning_details: text.includes('"reasoning_details":'),
    thinking_blocks: text.includes('"thinking_blocks":'),
    extra_content: text.includes('"extra_content":'),
    provider_specific_fields: text.includes('"provider_specific_fields":'),
    reasoning: text.includes('"tool_calls":'),
    thought_signature: text.includes('"tool_calls":'),
    ...asked(request.parameters),
  };
  return quirks.filter((quirk) => sent[quirk] && !known.has(quirk));
}

function asked(parameters: ModelRequest['parameters'] = {}): Record<(typeof optionalParameters)[number], boolean> {
  const entries = optionalParameters.map((name) => [name, parameters[name] !== undefined]);
  return Object.fromEntries(entries) as Record<(typeof optionalParameters)[number], boolean>;
}

/** Refusals of something beyond the least that a request has; where they do not say what, these are tried without. */
const unnamed =
  /extra (?:inputs?|fields?|param)|(?:unknown|unrecogni[sz]ed|unexpected|unsupported) (?:request )?(?:fields?|param|arguments?|propert|keyword)|additional propert/i;
const harmless: readonly Quirk[] = ['stream_options', 'tool_choice'];

/** What has to come, where everything else may not. */
const wanted: readonly Quirk[] = ['thought_signature', 'reasoning'];

const refusing =
  /unsupported|not (?:be )?(?:supported|permitted|allowed|enabled|accepted|recogni[sz]ed|valid)|unknown|unrecogni[sz]ed|unexpected|extra|forbidden|invalid|(?:does not|doesn'?t|do not) (?:support|accept|allow)|additional propert|cannot be|must (?:not|be)|only .{0,60}(?:supported|allowed|roles)|no endpoints found/i;

/** Signs of those that are not told by their name alone. */
const signs: Partial<Record<Quirk, RegExp>> = {
  stream_options: /stream_options|include_usage/,
  max_tokens: /max_tokens/,
  system:
    /(?:system|developer) (?:role|message|instruction|prompt)s?|role[^.]{0,40}['"`]?system|['"`]system['"`][^.]{0,40}(?:role|not)|only (?:user|['"`]?user)[^.]{0,40}roles? (?:are|is)|messages(?:\.|\[)0\]?\.role|conversation roles must alternate user\/assistant/i,
  stream:
    /(?:not|n't) support[^.]{0,40}\bstream(?:ing)?\b(?!_)|\bstream(?:ing)?\b['"`]?[^._]{0,40}(?:not support|n't support|unsupported|must be false|not allowed|not enabled)/i,
  content: /content[^.]{0,60}(?:null|none|string|required|empty)|(?:null|none)[^.]{0,40}content/i,
  image_url:
    /(?:not|n't) support[^.]{0,40}(?:image|vision|multi-?modal)|(?:image|image_url|vision)[^.]{0,60}(?:not supported|unsupported|not enabled)|unknown (?:content |part |variant )*(?:type)?[^.]{0,20}image_url|no endpoints found that support image|content[^.]{0,40}(?:must be a string|string type)/i,
  reasoning:
    /(?:reasoning_content|thinking|reasoning)[^.]{0,80}(?:missing|required|must be|passed back|expected)|missing[^.]{0,40}(?:reasoning_content|thinking)/i,
  thought_signature: /missing[^.]{0,40}thought_signature|thought_signature[^.]{0,40}(?:missing|required)/i,
};

/** Which part of a request a refusal is about. What has to come back is looked for before what may not come. */
function refusedBy(said: string, reason: string, sent: Quirk[]): Quirk | undefined {
  // Tools that are refused as a whole are told in the prompt instead; see `withPromptedTools`.
  if (reason === 'tools-unsupported' && !/tool_choice/.test(said)) return undefined;
  if (reason !== 'bad-request' && !refusing.test(said)) return undefined;
  const missed = wanted.find((quirk) => sent.includes(quirk) && signs[quirk]?.test(said));
  if (missed !== undefined) return missed;
  const named = sent.find(
    (quirk) => !wanted.includes(quirk) && (signs[quirk] ?? new RegExp(String.raw`\b${quirk}\b`)).test(said),
  );
  if (named !== undefined || !unnamed.test(said)) return named;
  return harmless.find((quirk) => sent.includes(quirk));
}
