import { z } from 'zod';
import { jsonFormat, jsonFormatSchema, metadata, mustBe, noTopLogprobs, tokens } from '../chat/members.ts';
import { ownOptions } from '../chat/schema.ts';
import { itemSchema } from './item-schema.ts';
import { serverToolShapes } from './shown.ts';
import { toolsSchema } from './tools.ts';

const leftOut = (why: string) => z.undefined(mustBe(`left out: ${why}`)).optional();

const format = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('text') }),
    z.object({ type: z.literal('json_object') }),
    z.object({ type: z.literal('json_schema'), ...jsonFormat, schema: jsonFormatSchema }),
  ],
  { error: 'must be text, json_object or json_schema' },
);

/** Extras that a request may ask for: those that never exist here are nothing to refuse, the others are. */
const include = z
  .array(z.string())
  .refine((names) => !names.includes('message.output_text.logprobs'), 'probabilities of tokens are not available');

/** The body of `POST /v1/responses`. Members that nobody knows are left out: libraries add their own. */
export const responsesSchema = z.object({
  model: z.string('must be the name of a model').min(1, 'must be the name of a model').optional(),
  input: z
    .union([z.string(), z.array(itemSchema).max(4_000, 'may hold at most 4000 items')], {
      error: 'must be a text or a list of items',
    })
    .optional(),
  instructions: z.string(mustBe('a text')).optional(),
  previous_response_id: z.string().max(200).optional(),
  stream: z.boolean(mustBe('true or false')).default(false),
  stream_options: z.looseObject({}).optional(),
  background: z.boolean(mustBe('true or false')).default(false),
  store: z.boolean(mustBe('true or false')).default(true),
  tools: toolsSchema,
  tool_choice: z
    .union(
      [z.enum(['auto', 'none', 'required']), z.object({ type: z.literal('function'), name: z.string() })],
      mustBe('auto, none, required or a function'),
    )
    .optional(),
  parallel_tool_calls: z.boolean().optional(),
  text: z.object({ format: format.nullish(), verbosity: z.string().nullish() }).optional(),
  reasoning: z.object({ effort: z.string().nullish(), summary: z.string().nullish() }).optional(),
  include: include.optional(),
  temperature: z.number().min(0, 'must be from 0 to 2').max(2, 'must be from 0 to 2').optional(),
  top_p: z.number().min(0, 'must be from 0 to 1').max(1, 'must be from 0 to 1').optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  top_logprobs: noTopLogprobs,
  max_output_tokens: tokens.optional(),
  truncation: z.enum(['auto', 'disabled'], 'must be auto or disabled').default('disabled'),
  metadata: metadata.optional(),
  user: z.string().optional(),
  safety_identifier: z.string().optional(),
  prompt_cache_key: z.string().optional(),
  prompt_cache_retention: z.string().optional(),
  service_tier: z.enum(['auto', 'default'], 'must be auto or default: there are no other tiers').optional(),
  max_tool_calls: leftOut('dragoman.max_iterations bounds the rounds of tools'),
  conversation: leftOut('use previous_response_id'),
  prompt: leftOut('templates of prompts are not kept here; send instructions and input'),
  /** What only Dragoman knows. */
  dragoman: ownOptions
    .omit({ events: true })
    .extend({
      /** How calls of tools that run here are shown. */
      server_tools: z.enum(serverToolShapes, 'must be mcp_call or function_call').optional(),
    })
    .default({}),
});
export type ResponsesRequest = z.output<typeof responsesSchema>;
