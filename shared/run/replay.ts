import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { UserError } from '#shared/ground/errors.ts';
import { readJournal } from './journal.ts';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, of } from '#shared/redis/script.ts';
import { readTalkLines } from './talk-lines.ts';
import { foldJournal } from './fold/fold.ts';
import { callName, type CallPlace } from './fold/run-state.ts';
import { seedOf, type ReplayFrom } from './replay-seed.ts';
import { contextMessageSchema, type RunRequestInput } from './request.ts';
import { acceptRun } from './accept.ts';
import { failedLists, recentLists } from './lists.ts';
import { readRun, type RunRecord } from './record.ts';
import type { RunParts } from './parts.ts';

export interface ReplayOptions {
  /** `start`: the model is asked anew. `failed-step`: what was recorded before the failure is used again. */
  from: ReplayFrom;
  /** Who replays: a name for people. */
  by: string;
  /** The model to ask instead of the one that was asked for; null: the operator's default. */
  model?: string | null;
  /** Recorded calls that are to be made once more. */
  again?: CallPlace[];
  /** The replay calls no tool, shows nothing in Discord, and leaves the run as it is. */
  dryRun?: boolean;
  /** What has changed about the question since: its text after an edit, the caller's roles. */
  changes?: Pick<Partial<RunRequestInput>, 'text' | 'images' | 'tables' | 'caller' | 'client'>;
}

/** `already-replayed`: `runId` answers in this run's place; replay that one if it failed too. */
export type Replayed = { state: 'accepted' | 'already-replayed'; runId: string } | { state: 'unknown' | 'not-ended' };

/**
 * Sends a run that has ended on its way again, as a new run that answers in its place (in Discord: in its messages). A
 * call that had an effect is not made again unless `again` names it. Throws UserError when a named call does not exist,
 * or when no failure is there to go on from.
 */
export async function replayRun(parts: RunParts, runId: string, options: ReplayOptions): Promise<Replayed> {
  const { redis } = parts;
  const record = await readRun(redis, runId);
  if (!record) return { state: 'unknown' };
  if (record.status !== 'ended') return { state: 'not-ended' };
  const past = foldJournal(await readJournal(redis, runId));
  const { from, by, again = [], dryRun = false } = options;
  if (from === 'failed-step' && record.outcome === 'answered') {
    throw new UserError('nothing-failed', `Run ${runId} was answered; it can be replayed from its start only.`);
  }
  for (const place of again) {
    if (past.calls.has(callName(place))) continue;
    throw new UserError('unknown-call', `Run ${runId} has no call ${callName(place)}; jobs show lists its calls.`);
  }
  const seed = seedOf(past, { of: runId, from, by, again, dryRun });
  if (dryRun) {
    const { runId: dry } = await acceptRun(parts, await dryRequest(redis, record, options), { seed });
    return { state: 'accepted', runId: dry };
  }
  const next = replayId(runId);
  // The old run is marked before the new one is accepted: whoever shows the old run in Discord must not write after the
  // new one.
  await supersedeScript(redis, { record: keys.run(runId) }, { by: next });
  const { fresh } = await acceptRun(parts, { ...requestOf(record, options), id: next }, { seed });
  await retire(redis, record);
  return { state: fresh ? 'accepted' : 'already-replayed', runId: next };
}

/** The id of the run that replays this one. It follows from the run's own id, so that replaying twice makes one run. */
export function replayId(runId: string): string {
  const [, base = runId, count] = /^(.+?)(?:-r(\d+))?$/.exec(runId) ?? [];
  return `${base}-r${Number(count ?? 0) + 1}`;
}

function requestOf(record: RunRecord, { model, changes }: ReplayOptions): RunRequestInput {
  const { model: before, ...request } = record.request;
  const asked = model === undefined ? before : model;
  return { ...request, ...changes, ...(typeof asked === 'string' && { model: asked }), replayOf: record.id };
}

/** The request of a dry run: in its own conversation, shown nowhere, with the history that the run would have now. */
async function dryRequest(redis: Redis, record: RunRecord, options: ReplayOptions): Promise<RunRequestInput> {
  const { discord: _, ...request } = requestOf(record, options);
  const id = `${record.id.slice(0, 80)}-dry-${randomUUID().slice(0, 8)}`;
  const context = request.context ?? (await storedHistory(redis, record));
  return { ...request, id, conversation: `dry-run:${id}`, context, dryRun: true };
}

async function storedHistory(redis: Redis, { history }: RunRecord): Promise<RunRequestInput['context']> {
  const lines = await redis.lrange(keys.history(history), -500, -1);
  const { summary, messages } = readTalkLines(lines);
  const notes = summary
    ? [{ role: 'user' as const, content: `[Notes on what was said before]\n${summary.content}` }]
    : [];
  return [...notes, ...messages.map((message) => contextMessageSchema.parse(message))];
}

const supersedeScript = defineScript(new URL('./supersede.lua', import.meta.url), {
  keys: ['record'],
  args: { by: of<string>() },
  reply: of<1>(),
});

/**
 * Takes a run that another one replaces out of the lists of failed runs. From then on it is kept as long as answered
 * runs of its age.
 */
async function retire(redis: Redis, { id, request, reason = '', acceptedAt }: RunRecord): Promise<void> {
  const pipeline = redis.pipeline();
  for (const list of Object.values(failedLists(request.caller, reason))) pipeline.zrem(list, id);
  for (const list of Object.values(recentLists(request.caller))) pipeline.zadd(list, acceptedAt, id);
  await pipeline.exec();
}
