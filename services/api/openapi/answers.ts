import { z } from 'zod';
import { auditKinds } from '#shared/run/audit-row.ts';

// What routes answer with, member by member. test/api/answers.test.ts compares it with actual answers, both ways.

const text = z.string();
const maybeText = text.nullable();
const caller = z.strictObject({ kind: text, id: text, name: text });

const chatUsage = {
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  total_tokens: z.number(),
  prompt_tokens_details: z.strictObject({ cached_tokens: z.number() }).optional(),
  completion_tokens_details: z.strictObject({ reasoning_tokens: z.number() }).optional(),
};

export const completion = z.strictObject({
  id: text,
  object: z.literal('chat.completion'),
  created: z.number(),
  model: text,
  choices: z.array(
    z.strictObject({
      index: z.number(),
      message: z.strictObject({
        role: z.literal('assistant'),
        content: maybeText,
        tool_calls: z
          .array(
            z.strictObject({
              id: text,
              type: z.literal('function'),
              function: z.strictObject({ name: text, arguments: text }),
            }),
          )
          .optional(),
      }),
      finish_reason: z.enum(['stop', 'length', 'content_filter', 'tool_calls']),
    }),
  ),
  usage: z.strictObject(chatUsage),
  dragoman: z.strictObject({ run: text, cost_usd: z.number(), estimated: z.boolean().optional() }),
});

const runMembers = {
  id: text,
  object: z.literal('run'),
  status: z.enum(['queued', 'running', 'waiting', 'ended']),
  outcome: maybeText,
  reason: maybeText,
  accepted_at: text,
  ended_at: maybeText,
  caller,
  conversation: text,
  question: text,
  model: maybeText,
  replay_of: text.optional(),
  dry_run: z.literal(true).optional(),
  replayed_by: text.optional(),
  undeliverable: z.unknown().optional(),
  archived: z.literal(true).optional(),
};
export const run = z.strictObject(runMembers);

const call = z.strictObject({
  call: text,
  tool: text,
  arguments: text,
  outcome: maybeText,
  result: maybeText,
  duration_ms: z.number().nullable(),
  changes: z.boolean(),
});
export const runDetails = z.strictObject({
  ...runMembers,
  answer: maybeText,
  usage: z.strictObject({ ...chatUsage, cost_usd: z.number(), estimated: z.boolean() }),
  models: z.array(text),
  steps: z.array(
    z.strictObject({
      step: z.number(),
      model: text,
      text,
      finish_reason: text,
      duration_ms: z.number(),
      calls: z.array(call),
    }),
  ),
  approvals: z.array(z.strictObject({ approval: text, tool: text, kind: text, decision: maybeText, by: maybeText })),
  notices: z.array(text),
  journal_entries: z.number(),
});

export const approval = z.strictObject({
  id: text,
  object: z.literal('approval'),
  run: text,
  tool: text,
  arguments: text,
  kind: text,
  why: maybeText,
  expires_at: text,
  caller,
  question: text,
});

export const tool = z.strictObject({
  name: text,
  domain: text,
  title: text,
  description: text,
  read_only: z.boolean(),
  permission: z.enum(['allow', 'approve']),
  input_schema: z.record(z.string(), z.unknown()),
});

export const auditRow = z.strictObject({
  id: text,
  at: text,
  run: text,
  who: text,
  kind: z.enum(auditKinds),
  data: z.record(z.string(), z.unknown()),
});

const part = z.strictObject({
  type: z.literal('output_text'),
  text,
  annotations: z.array(z.unknown()),
  logprobs: z.array(z.unknown()),
});
const outputItem = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('message'),
    id: text,
    status: text,
    role: z.literal('assistant'),
    content: z.array(part),
  }),
  z.strictObject({
    type: z.literal('function_call'),
    id: text,
    status: text,
    call_id: text,
    name: text,
    namespace: text.optional(),
    arguments: text,
  }),
  z.strictObject({
    type: z.literal('function_call_output'),
    id: text,
    status: text,
    call_id: text,
    output: z.array(z.strictObject({ type: z.literal('input_text'), text })),
  }),
  z.strictObject({
    type: z.literal('mcp_call'),
    id: text,
    status: text,
    server_label: text,
    name: text,
    arguments: text,
    approval_request_id: maybeText,
    output: maybeText,
    error: maybeText,
  }),
  z.strictObject({
    type: z.literal('mcp_approval_request'),
    id: text,
    server_label: text,
    name: text,
    arguments: text,
    dragoman: z.strictObject({ approval: text, kind: text, why: maybeText, expires_at: z.number() }),
  }),
]);

export const response = z.strictObject({
  id: text,
  object: z.literal('response'),
  created_at: z.number(),
  completed_at: z.number().nullable(),
  status: z.enum(['queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled']),
  background: z.boolean(),
  error: z.strictObject({ code: text, message: text }).nullable(),
  incomplete_details: z.strictObject({ reason: text }).nullable(),
  instructions: maybeText,
  model: text,
  output: z.array(outputItem),
  previous_response_id: maybeText,
  store: z.boolean(),
  tools: z.array(z.looseObject({ type: text })),
  tool_choice: z.union([text, z.looseObject({ type: text })]),
  truncation: text,
  parallel_tool_calls: z.boolean(),
  text: z.looseObject({ format: z.looseObject({ type: text }) }),
  temperature: z.number(),
  top_p: z.number(),
  presence_penalty: z.number(),
  frequency_penalty: z.number(),
  top_logprobs: z.number(),
  reasoning: z.looseObject({ effort: maybeText, summary: maybeText }).nullable(),
  max_output_tokens: z.number().nullable(),
  max_tool_calls: z.number().nullable(),
  service_tier: text,
  metadata: z.record(z.string(), z.string()),
  user: maybeText,
  safety_identifier: maybeText,
  prompt_cache_key: maybeText,
  usage: z
    .strictObject({
      input_tokens: z.number(),
      input_tokens_details: z.strictObject({ cached_tokens: z.number() }),
      output_tokens: z.number(),
      output_tokens_details: z.strictObject({ reasoning_tokens: z.number() }),
      total_tokens: z.number(),
    })
    .nullable(),
  dragoman: z.strictObject({
    run: text,
    cost_usd: z.number().optional(),
    estimated: z.boolean().optional(),
    tokens_not_told: z.array(text).optional(),
    tools_left_out: z.array(text).optional(),
  }),
});
