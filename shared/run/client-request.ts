import { z } from 'zod';

/** A call that the model made of a tool which the client runs itself. */
const clientCallSchema = z.object({ id: z.string(), name: z.string(), arguments: z.string() });

export type ClientCall = z.infer<typeof clientCallSchema>;

const partSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  /** `url`: https, or a data URL of a picture. */
  z.object({ type: z.literal('image'), url: z.string(), detail: z.enum(['auto', 'low', 'high']).optional() }),
]);
export type ClientPart = z.infer<typeof partSchema>;

const clientMessageSchema = z.discriminatedUnion('role', [
  z.object({ role: z.literal('user'), content: z.array(partSchema), name: z.string().optional() }),
  z.object({ role: z.literal('assistant'), content: z.string(), calls: z.array(clientCallSchema).optional() }),
  /** `outside`: false when the result is of a tool of the server that brings nothing from outside. */
  z.object({ role: z.literal('tool'), call: z.string(), content: z.string(), outside: z.boolean().optional() }),
]);
/** A message of the conversation that a client keeps itself. */
export type ClientMessage = z.infer<typeof clientMessageSchema>;

/** A tool that the client runs itself: the run ends with its calls, and the client asks anew with their results. */
const clientToolSchema = z.object({
  name: z.string(),
  description: z.string().optional(),
  /** JSON Schema. */
  parameters: z.record(z.string(), z.unknown()).optional(),
  strict: z.boolean().optional(),
});

export type ClientTool = z.infer<typeof clientToolSchema>;

/** What a program sends beside its question; see `services/api`. */
export const clientRequestSchema = z.object({
  /** The client's own instructions. They stand below those of the operator. */
  system: z.string().optional(),
  /** The conversation up to now, the question in it; replaces the stored history. */
  messages: z.array(clientMessageSchema).optional(),
  tools: z.array(clientToolSchema).optional(),
  toolChoice: z.union([z.enum(['auto', 'none', 'required']), z.object({ name: z.string() })]).optional(),
  /** Parameters of OpenAI's chat completions that go to the model as they are. */
  parameters: z.record(z.string(), z.unknown()).optional(),
  /** True: somebody behind the client can be shown a question and decide it. */
  approvals: z.boolean().optional(),
  /** False: the program shows text alone, so that the model asks back in its answer. */
  questions: z.literal(false).optional(),
  /** What the door needs to show the answer again in the program's own protocol; nobody else reads it. */
  shown: z.record(z.string(), z.unknown()).optional(),
});
export type ClientRequest = z.infer<typeof clientRequestSchema>;
