import type { EntryOf, JournalEntryInput } from '#shared/run/journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';
import { acceptRun } from '#shared/run/accept.ts';
import { claimRun } from '#shared/run/claim.ts';
import { endRun } from '#shared/run/end.ts';
import { recentLists } from '#shared/run/lists.ts';
import { runRequestSchema, type RunRequestInput } from '#shared/run/request.ts';
import type { RunOutcome } from '#shared/ground/vocabulary.ts';
import type { RunParts } from '#shared/run/parts.ts';
import { fenceOf } from './claims.ts';

export interface EndedRun {
  id: string;
  caller?: RunRequestInput['caller'];
  outcome?: RunOutcome;
  reason?: string;
  /** What the journal holds before the end. */
  entries?: JournalEntryInput[];
  /** How many milliseconds ago it was accepted and ended. */
  ageMs?: number;
  text?: string;
}

/** Makes a run that was accepted, claimed and ended as a worker does it. */
export async function addEndedRun(parts: RunParts, run: EndedRun): Promise<void> {
  const { id, outcome = 'answered', entries = [], ageMs = 0, text = `Question ${id}` } = run;
  const caller = run.caller ?? { kind: 'terminal', id: 'ada', name: 'Ada' };
  const request = runRequestSchema.parse({ id, conversation: id, text, caller });
  const { redis } = parts;
  await acceptRun(parts, request);
  await claimRun(parts, id, 'w');
  const end: EntryOf<'run.ended'> = {
    type: 'run.ended',
    outcome,
    text: `Answer to ${id}`,
    ...(run.reason !== undefined && { reason: run.reason }),
    usage: { inputTokens: 1, outputTokens: 1, costUsd: 0, estimated: false },
    models: ['m'],
    tools: [],
    iterations: 1,
    durationMs: 5,
  };
  await endRun(parts, request, await fenceOf(redis, id, 1), end, { before: entries });
  if (ageMs === 0) return;
  const at = Date.now() - ageMs;
  await redis.hset(keys.run(id), 'acceptedAt', at, 'endedAt', at);
  for (const list of Object.values(recentLists(request.caller))) await redis.zadd(list, 'XX', at, id);
  await redis.zadd(keys.failed, 'XX', at, id);
}
