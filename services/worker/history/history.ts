import { z } from 'zod';
import type { RunRequest } from '#shared/run/request.ts';

const historyLine = z.object({
  role: z.enum(['user', 'assistant']),
  name: z.string().optional(),
  content: z.string(),
  /** True when the answer may repeat text from outside. */
  outside: z.boolean().optional(),
});

/** One message of a conversation as it is kept. */
export type HistoryLine = z.infer<typeof historyLine>;

/** Decodes stored lines; those that cannot be read are left out. */
export function readLines(lines: string[]): HistoryLine[] {
  return lines.flatMap((line) => {
    const parsed = historyLine.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  });
}

/**
 * The lines that an answered run adds to its conversation. None where the door brings the context itself: then the
 * door's side keeps the conversation.
 */
export function newLines(request: RunRequest, answer: string, outside: boolean): string[] {
  if (request.context || request.client?.messages) return [];
  const asked: HistoryLine = { role: 'user', content: request.text };
  if (request.caller.name !== '') asked.name = request.caller.name;
  const answered: HistoryLine = { role: 'assistant', content: answer };
  if (outside) answered.outside = true;
  return [JSON.stringify(asked), JSON.stringify(answered)];
}
