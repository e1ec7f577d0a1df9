import { z } from 'zod';
import { imageUrlProblem } from './images.ts';
import {
  imageDetail,
  jsonFormat,
  jsonFormatSchema,
  metadata,
  mustBe,
  noTopLogprobs,
  orNull,
  plainName,
  tokens,
} from './members.ts';

const textPart = z.object({ type: z.literal('text'), text: z.string() });
const imagePart = z.object({
  type: z.literal('image_url'),
  image_url: z.object({
    url: z.string().superRefine((url, context) => {
      const problem = imageUrlProblem(url);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    }),
    detail: imageDetail,
  }),
});
/** Names the type, so that a client's people see which file it was. */
const unknownPart = (issue: { input?: unknown }) => {
  const type = (issue.input as { type?: unknown } | undefined)?.type;
  const named = typeof type === 'string' ? type.slice(0, 60) : 'this';
  return `${named} is no part that is understood: text or image_url`;
};
const userPart = z.discriminatedUnion('type', [textPart, imagePart], { error: unknownPart });
const textOrParts = mustBe('a text or a list of parts');
const textContent = z.union([z.string(), z.array(textPart).min(1, 'has no part')], textOrParts);

const toolCall = z.object({
  id: z.string().min(1),
  type: z.literal('function').default('function'),
  function: z.object({ name: z.string().min(1), arguments: z.string() }),
});

const message = z.discriminatedUnion(
  'role',
  [
    z.object({ role: z.literal('system'), content: textContent }),
    z.object({ role: z.literal('developer'), content: textContent }),
    z.object({
      role: z.literal('user'),
      content: z.union([z.string(), z.array(userPart).min(1, 'has no part')], textOrParts),
      name: orNull(z.string().max(200)),
    }),
    z.object({
      role: z.literal('assistant'),
      content: z
        .union(
          [
            z.string(),
            z.array(z.looseObject({ type: z.string(), text: z.string().optional(), refusal: z.string().optional() })),
          ],
          textOrParts,
        )
        .nullish(),
      refusal: z.string().nullish(),
      tool_calls: z.array(toolCall).min(1, 'has no call; leave it out instead').nullish(),
      function_call: z.null(mustBe('left out: use tool_calls')).optional(),
    }),
    z.object({
      role: z.literal('tool'),
      tool_call_id: z.string().min(1),
      // A tool may bring nothing, and an editor's a picture, which no model is shown from here.
      content: z.union([z.string(), z.array(userPart)], textOrParts),
    }),
  ],
  { error: 'is no role: system, developer, user, assistant or tool' },
);
export type WireMessage = z.output<typeof message>;

const tool = z.object({
  type: z.literal('function', { error: 'must be "function"' }),
  function: z.object({
    name: plainName,
    description: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
    strict: z.boolean().nullish(),
  }),
});

export type WireTool = z.output<typeof tool>;

/** What only Dragoman knows of a request: its member `dragoman`. */
export const ownOptions = z.strictObject({
  /** True: somebody behind the client decides approvals, by `POST /v1/approvals/:id`. */
  approvals: z.boolean().optional(),
  /** True: events of tools and approvals are streamed beside the text, under the name `dragoman`. */
  events: z.boolean().optional(),
  mode: z.enum(['autonomous', 'single-shot', 'guided']).optional(),
  max_iterations: z.number().int().min(1).max(100).optional(),
  deadline_ms: z.number().int().min(1_000).max(86_400_000).optional(),
  budget_usd: z.number().positive().optional(),
});

/** The body of `POST /v1/chat/completions`. Members that nobody knows are left out: libraries add their own. */
export const chatSchema = z.object({
  model: z.string('must be the name of a model').min(1, 'must be the name of a model'),
  messages: z
    .array(message, 'must be a list of messages')
    .min(1, 'must hold at least one message')
    .max(2_000, 'may hold at most 2000 messages'),
  stream: z.boolean(mustBe('true or false')).default(false),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).optional(),
  tools: z.array(tool).max(128, 'may hold at most 128 tools').default([]),
  tool_choice: z
    .union(
      [
        z.enum(['auto', 'none', 'required']),
        z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
      ],
      mustBe('auto, none, required or a function'),
    )
    .optional(),
  parallel_tool_calls: z.boolean().optional(),
  temperature: z.number().min(0, 'must be from 0 to 2').max(2, 'must be from 0 to 2').optional(),
  top_p: z.number().min(0, 'must be from 0 to 1').max(1, 'must be from 0 to 1').optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  max_tokens: tokens.optional(),
  max_completion_tokens: tokens.optional(),
  stop: z.union([z.string(), z.array(z.string()).max(4)], mustBe('a text, or up to four')).optional(),
  seed: z.number().int().optional(),
  logit_bias: z.record(z.string(), z.number()).optional(),
  top_logprobs: noTopLogprobs,
  logprobs: z.literal(false, mustBe('false: probabilities of tokens are not available')).optional(),
  n: z.literal(1, mustBe('1: a run has one answer')).optional(),
  response_format: z
    .discriminatedUnion(
      'type',
      [
        z.object({ type: z.literal('text') }),
        z.object({ type: z.literal('json_object') }),
        z.object({
          type: z.literal('json_schema'),
          json_schema: z.looseObject({ ...jsonFormat, schema: jsonFormatSchema.optional() }),
        }),
      ],
      { error: 'must be text, json_object or json_schema' },
    )
    .optional(),
  reasoning_effort: z.string().optional(),
  verbosity: z.string().optional(),
  user: z.string().optional(),
  metadata: metadata.optional(),
  modalities: z.array(z.literal('text', mustBe('text: nothing else is answered'))).optional(),
  audio: z.undefined(mustBe('left out: audio is not answered')).optional(),
  functions: z.undefined(mustBe('left out: use tools')).optional(),
  function_call: z.undefined(mustBe('left out: use tool_choice')).optional(),
  dragoman: ownOptions.default({}),
});
export type ChatRequest = z.output<typeof chatSchema>;
