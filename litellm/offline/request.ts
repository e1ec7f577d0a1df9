import { z } from 'zod';

const toolCall = z.object({
  id: z.string().default(''),
  function: z.object({ name: z.string(), arguments: z.string().default('{}') }),
});

const content = z
  .union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() })), z.null()])
  .optional()
  .transform((value) => (typeof value === 'string' ? value : (value ?? []).map((part) => part.text ?? '').join('\n')));

const message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content,
  tool_calls: z.array(toolCall).nullish(),
  tool_call_id: z.string().optional(),
});

const schema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  format: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
});

const tool = z.object({
  type: z.literal('function'),
  function: z.object({
    name: z.string(),
    description: z.string().default(''),
    parameters: z
      .looseObject({ properties: z.record(z.string(), schema).default({}), required: z.array(z.string()).default([]) })
      .default({ properties: {}, required: [] }),
  }),
});

/** What the offline model reads of a chat completion request. */
export const chatRequest = z.object({
  model: z.string().default('offline'),
  messages: z.array(message).min(1, 'messages must not be empty'),
  tools: z.array(tool).nullish(),
  tool_choice: z
    .union([z.enum(['none', 'auto', 'required']), z.object({ function: z.object({ name: z.string() }) })])
    .nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
});

export type ChatRequest = z.output<typeof chatRequest>;
export type Message = z.output<typeof message>;
export type ArgumentSchema = z.output<typeof schema>;

/** A tool as the request offers it. */
export interface Tool {
  name: string;
  description: string;
  properties: Record<string, ArgumentSchema>;
  required: string[];
}

export function offeredTools(request: ChatRequest): Tool[] {
  return (request.tools ?? []).map(({ function: { name, description, parameters } }) => ({
    name,
    description,
    properties: parameters.properties,
    required: parameters.required,
  }));
}
