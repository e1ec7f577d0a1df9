import { z } from 'zod';

/** How calls of tools that run here are shown: as `mcp_call`, or as `function_call` with its output. */
export const serverToolShapes = ['mcp_call', 'function_call'] as const;

/** What a request said that its response repeats, beside what the run itself goes by. */
export const shownSchema = z.object({
  /** The name under which the client asked for the model. */
  model: z.string(),
  background: z.boolean(),
  store: z.boolean(),
  previous: z.string().nullable(),
  instructions: z.string().nullable(),
  /** Instructions that stand in the conversation; later responses go on with them. */
  system: z.string().optional(),
  serverTools: z.enum(serverToolShapes),
  /** True: the client shows nobody a question, so that text says what waits. */
  notes: z.literal(true).optional(),
  /** Members that the response repeats as the client wrote them. */
  repeated: z.record(z.string(), z.unknown()),
  /** The client's own functions by the names under which the model knows them, where those differ. */
  functions: z.record(z.string(), z.object({ name: z.string(), namespace: z.string().optional() })).default({}),
  /** Tools that do not exist here and were left out. */
  leftOut: z.array(z.string()).default([]),
  /** The input of this request alone, as items. */
  input: z.array(z.record(z.string(), z.unknown())),
});
export type Shown = z.output<typeof shownSchema>;

/** Members of a request that its response repeats, with what stands there when they were left out. */
export const repeatedDefaults: Record<string, unknown> = {
  tools: [],
  tool_choice: 'auto',
  truncation: 'disabled',
  parallel_tool_calls: true,
  text: { format: { type: 'text' } },
  temperature: 1,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  top_logprobs: 0,
  reasoning: null,
  max_output_tokens: null,
  max_tool_calls: null,
  service_tier: 'default',
  metadata: {},
  user: null,
  safety_identifier: null,
  prompt_cache_key: null,
};
