import { z } from 'zod';
import { imageUrlProblem } from '../chat/images.ts';
import { imageDetail, mustBe } from '../chat/members.ts';
import { issueWords } from '../http/issue-words.ts';
import { jsonSchemaOf } from '../http/json-schema.ts';

const inputText = z.object({ type: z.literal('input_text'), text: z.string() });
const inputImage = z.object({
  type: z.literal('input_image'),
  file_id: z.null({ error: 'is not known here: send image_url' }).optional(),
  image_url: z
    .string({ error: 'must be an https address, or a data: URL of a picture' })
    .superRefine((url, context) => {
      const problem = imageUrlProblem(url);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    }),
  detail: imageDetail,
});
const outputText = z.object({ type: z.literal('output_text'), text: z.string() });
const refusal = z.object({ type: z.literal('refusal'), refusal: z.string() });

const textPart = z.discriminatedUnion('type', [inputText, outputText], {
  error: (issue) => `${shown(issue.input)} is no part that is understood here, only input_text`,
});
const userPart = z.discriminatedUnion('type', [inputText, inputImage, outputText], {
  error: (issue) => `${shown(issue.input)} is no part that is understood, only input_text and input_image`,
});
const assistantPart = z.discriminatedUnion('type', [outputText, inputText, refusal], {
  error: (issue) => `${shown(issue.input)} is no part that is understood here, only output_text`,
});
const content = <P extends z.ZodType>(part: P) =>
  z.union([z.string(), z.array(part).min(1, 'has no part')], mustBe('a text or a list of parts'));
const message = z.literal('message').nullish();
const id = z.string().nullish();
const callId = z.string().min(1);

const userItem = z.object({ type: message, id, role: z.literal('user'), content: content(userPart) });
const assistantItem = z.object({ type: message, id, role: z.literal('assistant'), content: content(assistantPart) });
const systemItem = z.object({ type: message, id, role: z.enum(['system', 'developer']), content: content(textPart) });
const messageItem = z.discriminatedUnion('role', [userItem, assistantItem, systemItem], {
  error: 'must be user, assistant, system or developer',
});

const otherItem = z.discriminatedUnion(
  'type',
  [
    z.object({
      type: z.literal('function_call'),
      id,
      call_id: callId,
      name: z.string().min(1),
      namespace: z.string().nullish(),
      arguments: z.string(),
    }),
    z.object({
      type: z.literal('function_call_output'),
      id,
      call_id: callId,
      output: z.union([z.string(), z.array(userPart)], mustBe('a text or a list of parts')),
    }),
    z.object({
      type: z.literal('mcp_call'),
      id: z.string().min(1),
      name: z.string().min(1),
      arguments: z.string(),
      output: z.string().nullish(),
      error: z.unknown().optional(),
    }),
    z.object({ type: z.literal('mcp_approval_request'), id: z.string().min(1) }),
    z.object({
      type: z.literal('mcp_approval_response'),
      id,
      approval_request_id: z.string().min(1),
      approve: z.boolean('must be true or false'),
      reason: z.string().max(2_000).nullish(),
    }),
    z.object({ type: z.literal('item_reference'), id: z.string().min(1) }),
    // What a model thought is nothing that another request needs.
    z.object({ type: z.literal('reasoning') }),
    z.object({ type: z.literal('mcp_list_tools') }),
  ],
  { error: (issue) => `${shown(issue.input)} is no item that is understood here` },
);

/** One item of a request's input. Its type may be left out where it is a message. */
export const itemSchema = z
  .unknown()
  .meta(jsonSchemaOf(z.union([messageItem, otherItem])))
  .transform((item, context) => {
    const type = typeOf(item);
    const parsed = (type === 'message' ? messageItem : otherItem).safeParse(
      type === 'item_reference' ? { ...(item as object), type } : item,
      { error: issueWords },
    );
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) context.addIssue(issue as Parameters<typeof context.addIssue>[0]);
    return z.NEVER;
  });
export type WireItem = z.output<typeof messageItem> | z.output<typeof otherItem>;

/** A message and a reference need not say what they are. */
function typeOf(item: unknown): unknown {
  const { type, role, id: of } = (item ?? {}) as { type?: unknown; role?: unknown; id?: unknown };
  return type ?? (role === undefined && of !== undefined ? 'item_reference' : 'message');
}

function shown(input: unknown): string {
  const type: unknown = (input as { type?: unknown } | null)?.type;
  return typeof type === 'string' ? type.slice(0, 60) : 'this';
}
