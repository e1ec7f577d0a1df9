import { z } from 'zod';

const promptSchema = z.object({
  name: z.string(),
  title: z.string().default(''),
  description: z.string().default(''),
  /** The names of its arguments; those that may be left out end in `?`. */
  arguments: z.array(z.string()).default([]),
});
/** A prompt that a server keeps for people: a question that somebody has written for them. */
export type ServerPrompt = z.output<typeof promptSchema>;

/** Reads what a tool-runner says of its server's prompts; none for what cannot be read. */
export function readPrompts(value: unknown): ServerPrompt[] {
  return Array.isArray(value) ? value.flatMap((each) => promptSchema.safeParse(each).data ?? []) : [];
}
