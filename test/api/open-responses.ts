import { z } from 'zod';

// What the Open Responses specification demands of responses and events (github.com/openresponses/openresponses,
// schema/), as far as its compliance runner looks at them.
const text = z.object({ type: z.literal('output_text'), text: z.string(), annotations: z.array(z.unknown()) });
const message = z.object({
  type: z.literal('message'),
  id: z.string(),
  status: z.enum(['in_progress', 'completed', 'incomplete']),
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: z.array(text),
});
const functionCall = z.object({
  type: z.literal('function_call'),
  id: z.string(),
  call_id: z.string(),
  name: z.string(),
  arguments: z.string(),
  status: z.enum(['in_progress', 'completed', 'incomplete']),
});
const item = z.discriminatedUnion('type', [message, functionCall]);

const nullable = <S extends z.ZodType>(schema: S) => z.union([schema, z.null()]);
const usage = z.object({
  input_tokens: z.int(),
  output_tokens: z.int(),
  total_tokens: z.int(),
  input_tokens_details: z.object({ cached_tokens: z.int() }),
  output_tokens_details: z.object({ reasoning_tokens: z.int() }),
});
export const responseSchema = z.object({
  id: z.string(),
  object: z.literal('response'),
  created_at: z.int(),
  completed_at: nullable(z.int()),
  status: z.enum(['completed', 'in_progress', 'failed', 'incomplete', 'queued', 'cancelled']),
  incomplete_details: nullable(z.object({ reason: z.string() })),
  model: z.string(),
  previous_response_id: nullable(z.string()),
  instructions: nullable(z.string()),
  output: z.array(item),
  error: nullable(z.object({ code: z.string(), message: z.string() })),
  tools: z.array(
    z.object({
      type: z.literal('function'),
      name: z.string(),
      description: nullable(z.string()),
      parameters: nullable(z.record(z.string(), z.unknown())),
      strict: nullable(z.boolean()),
    }),
  ),
  tool_choice: z.union([z.enum(['auto', 'none', 'required']), z.looseObject({ type: z.string() })]),
  truncation: z.enum(['auto', 'disabled']),
  parallel_tool_calls: z.boolean(),
  text: z.looseObject({ format: z.looseObject({ type: z.string() }) }),
  top_p: z.number(),
  presence_penalty: z.number(),
  frequency_penalty: z.number(),
  top_logprobs: z.int(),
  temperature: z.number(),
  reasoning: nullable(z.object({ effort: nullable(z.string()), summary: nullable(z.string()) })),
  user: nullable(z.string()),
  usage: nullable(usage),
  max_output_tokens: nullable(z.int()),
  max_tool_calls: nullable(z.int()),
  store: z.boolean(),
  background: z.boolean(),
  service_tier: z.string(),
  metadata: z.record(z.string(), z.string()),
  safety_identifier: nullable(z.string()),
  prompt_cache_key: nullable(z.string()),
});

const place = { sequence_number: z.int(), item_id: z.string(), output_index: z.int() };
const event = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.object({ type: z.literal(type), sequence_number: z.int(), ...shape });
const snapshot = { response: responseSchema };
const inText = { ...place, content_index: z.int() };
/** The events of a stream without tools of the server: those of the specification, and no other. */
export const eventSchema = z.discriminatedUnion('type', [
  event('response.created', snapshot),
  event('response.queued', snapshot),
  event('response.in_progress', snapshot),
  event('response.completed', snapshot),
  event('response.incomplete', snapshot),
  event('response.failed', snapshot),
  event('response.output_item.added', { output_index: z.int(), item }),
  event('response.output_item.done', { output_index: z.int(), item }),
  event('response.content_part.added', { ...inText, part: text }),
  event('response.content_part.done', { ...inText, part: text }),
  event('response.output_text.delta', { ...inText, delta: z.string(), logprobs: z.array(z.unknown()) }),
  event('response.output_text.done', { ...inText, text: z.string(), logprobs: z.array(z.unknown()) }),
  event('response.function_call_arguments.delta', { ...place, delta: z.string() }),
  event('response.function_call_arguments.done', { ...place, arguments: z.string() }),
]);
