import type { Redis } from 'ioredis';
import type { JournalEntryInput } from '#shared/run/journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';
import { dueApprovals, expireApproval } from '#shared/run/decide.ts';
import type { Fence } from '#shared/run/fence.ts';
import { appendEntries, type Appended } from '#shared/run/journal.ts';
import type { RunParts } from '#shared/run/parts.ts';

/** The fence that a worker of `epoch` writes with. */
export async function fenceOf(redis: Redis, runId: string, epoch: number): Promise<Fence> {
  return { epoch, token: (await redis.hget(keys.run(runId), 'token')) ?? '' };
}

/** Writes a run's journal as its worker of `epoch` does. */
export interface TestJournal {
  append(entry: JournalEntryInput): Promise<Appended>;
  appendAll(entries: JournalEntryInput[]): Promise<Appended[]>;
}

export function openJournal(redis: Redis, runId: string, epoch: number): TestJournal {
  const appendAll = async (entries: JournalEntryInput[]) =>
    appendEntries(redis, runId, entries, await fenceOf(redis, runId, epoch));
  return { appendAll, append: async (entry) => (await appendAll([entry]))[0]! };
}

/** Ends the time of all open questions and does what follows from that. Returns how many there were. */
export async function expireQuestions(parts: RunParts): Promise<number> {
  for (const question of await parts.redis.zrange(keys.approvals, '0', '-1')) {
    await parts.redis.zadd(keys.approvals, 'XX', 1, question);
  }
  const due = await dueApprovals(parts.redis);
  for (const { runId, approval } of due) await expireApproval(parts, runId, approval);
  return due.length;
}
