import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { foldJournal } from '#shared/run/fold/fold.ts';
import type { RunRecord } from '#shared/run/record.ts';
import type { RunStore } from '#shared/run/run-store.ts';

/** Takes a question and its answer out of their conversation's stored history, because one of them was deleted. */
export async function unremember(redis: Redis, runs: RunStore, { id, history, request }: RunRecord): Promise<void> {
  const key = keys.history(history);
  const lines = await redis.lrange(key, 0, -1);
  const answer = foldJournal(await runs.journal(id)).ended?.text;
  // The same question may have been asked before, so that the answer decides.
  const at = lines.findIndex((line, index) => {
    return says(line, 'user', request.text) && says(lines[index + 1], 'assistant', answer);
  });
  const [asked, answered] = lines.slice(at, at + 2);
  if (at < 0 || asked === undefined || answered === undefined) return;
  await redis.multi().lrem(key, 1, asked).lrem(key, 1, answered).exec();
}

function says(line: string | undefined, role: string, content: string | undefined): boolean {
  if (line === undefined || content === undefined) return false;
  const parsed = JSON.parse(line) as { role?: unknown; content?: unknown };
  return parsed.role === role && parsed.content === content;
}
