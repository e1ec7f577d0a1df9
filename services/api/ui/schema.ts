import { z } from 'zod';
import { plainName } from '../chat/members.ts';

/** The parts of a UI message that say something to a model. Others (sources, reasoning, data) are for people. */
const partSchema = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  mediaType: z.string().optional(),
  url: z.string().optional(),
  toolCallId: z.string().optional(),
  toolName: z.string().optional(),
  state: z.string().optional(),
  input: z.unknown().optional(),
  output: z.unknown().optional(),
  errorText: z.string().optional(),
  approval: z
    .looseObject({ id: z.string(), approved: z.boolean().optional(), reason: z.string().max(2_000).optional() })
    .optional(),
});
export type UiPart = z.output<typeof partSchema>;

const messageSchema = z.looseObject({
  id: z.string().optional(),
  role: z.enum(['system', 'user', 'assistant'], 'must be system, user or assistant'),
  parts: z.array(partSchema, 'must be a list of parts'),
});
export type UiMessage = z.output<typeof messageSchema>;

export const chatId = z
  .string('must be the id of a chat')
  .regex(/^[\w.-]{1,90}$/, 'must be 1 to 90 letters, digits, _ . or -');

/** The body of `POST /api/chat`, as `useChat` sends it. What a page adds with `body` stands beside its members. */
export const uiChatSchema = z.object({
  id: chatId,
  messages: z.array(messageSchema, 'must be a list of messages').min(1, 'must hold a message').max(2_000),
  model: z.string().min(1).optional(),
  system: z.string().optional(),
  /** Tools that the page runs itself. */
  tools: z
    .array(
      z.object({
        name: plainName,
        description: z.string().optional(),
        parameters: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .max(128)
    .default([]),
});
export type UiChatRequest = z.output<typeof uiChatSchema>;
