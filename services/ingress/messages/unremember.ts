import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { foldJournal } from '#shared/run/fold/fold.ts';
import type { RunRecord } from '#shared/run/record.ts';
import type { RunStore } from '#shared/run/run-store.ts';
import { readLine, readTalkLines } from '#shared/run/talk-lines.ts';

/**
 * Takes a question and its answer out of their conversation's stored history. A summary that was made of them goes as
 * well; what else it stood for is summarised anew as far as it is kept.
 */
export async function unremember(redis: Redis, runs: RunStore, record: RunRecord): Promise<void> {
  const { history, request, outcome, endedAt = 0 } = record;
  // Where the door brought the context, nothing was stored.
  if (request.context || outcome !== 'answered') return;
  const key = keys.history(history);
  const lines = await redis.lrange(key, 0, -1);
  const own = lines.filter((text) => readLine(text)?.run === record.id);
  const theirs = own.length > 0 ? own : await earlierVersions(lines, runs, record);
  const { summary } = readTalkLines(lines);
  const summarised =
    summary && Math.max(endedAt, ...own.map((text) => readLine(text)?.at ?? 0)) <= summary.upTo + 1_000;
  const gone = [...theirs, ...(summarised ? [summary.raw] : [])];
  if (gone.length === 0) return;
  const taking = redis.multi();
  for (const line of theirs) taking.lrem(key, 1, line);
  if (summarised) taking.lrem(key, 0, summary.raw);
  await taking.exec();
}

/** The question and its answer as versions stored them that did not name the run; the answer decides. */
async function earlierVersions(lines: string[], runs: RunStore, { id, request }: RunRecord): Promise<string[]> {
  const answer = foldJournal(await runs.journal(id)).ended?.text;
  const at = lines.findIndex((line, index) => {
    return says(line, 'user', request.text) && says(lines[index + 1], 'assistant', answer);
  });
  return at < 0 ? [] : lines.slice(at, at + 2);
}

function says(line: string | undefined, role: string, content: string | undefined): boolean {
  if (line === undefined || content === undefined) return false;
  const parsed = readLine(line);
  return parsed?.role === role && parsed.content === content && parsed.run === undefined;
}
