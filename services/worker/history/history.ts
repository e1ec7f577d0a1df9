import type { Redis } from 'ioredis';
import { z } from 'zod';
import { keys } from '#shared/keys.ts';
import type { RunRequest } from '#shared/run.ts';

const historyLine = z.object({
  role: z.enum(['user', 'assistant']),
  name: z.string().optional(),
  content: z.string(),
  /** True when the answer may repeat text from outside. */
  outside: z.boolean().optional(),
});

/** One message of a conversation as it is kept. */
export type HistoryLine = z.infer<typeof historyLine>;

/**
 * The conversation before this request, oldest first: what the door gave along, else what is stored under `name`, of which
 * the newest `maxMessages`.
 */
export async function readHistory(
  redis: Redis,
  request: RunRequest,
  name: string,
  maxMessages: number,
): Promise<HistoryLine[]> {
  if (request.context) return request.context.slice(-maxMessages);
  if (maxMessages === 0) return [];
  const lines = await redis.lrange(keys.history(name), -maxMessages, -1);
  return lines.flatMap((line) => {
    const parsed = historyLine.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  });
}

/**
 * What an answered run adds to its conversation. Nothing where the door brings the context itself: then the door's
 * side keeps the conversation.
 */
export function newLines(request: RunRequest, answer: string, outside: boolean): string[] {
  if (request.context) return [];
  const asked: HistoryLine = { role: 'user', content: request.text };
  if (request.caller.name !== '') asked.name = request.caller.name;
  const answered: HistoryLine = { role: 'assistant', content: answer };
  if (outside) answered.outside = true;
  return [JSON.stringify(asked), JSON.stringify(answered)];
}
