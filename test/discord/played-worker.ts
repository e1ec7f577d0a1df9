import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { foldJournal } from '#shared/run/fold/fold.ts';
import { appendEntries, readJournal } from '#shared/run/journal.ts';
import type { EntryOf, JournalEntryInput } from '#shared/run/journal-entries.ts';
import { publishLive } from '#shared/run/live.ts';
import type { Queues } from '#shared/queue/queues.ts';
import { claimRun } from '#shared/run/claim.ts';
import { endRun } from '#shared/run/end.ts';
import type { Fence } from '#shared/run/fence.ts';
import { readRun } from '#shared/run/record.ts';
import type { RunRequest } from '#shared/run/request.ts';

/** A run that a test holds; the test does what a worker would do. */
export interface PlayedRun {
  id: string;
  epoch: number;
  fence: Fence;
  request: RunRequest;
  /** Writes a piece of the answer, as the model's stream does. */
  write(text: string, step?: number): Promise<void>;
  append(entry: JournalEntryInput): Promise<void>;
  /** Writes the model's whole answer of a step. */
  answered(text: string, step?: number): Promise<void>;
  tool(tool: string, args?: object, call?: number): Promise<void>;
  toolDone(tool: string, outcome?: EntryOf<'tool.finished'>['outcome'], call?: number): Promise<void>;
  end(text: string, fields?: Partial<EntryOf<'run.ended'>>): Promise<void>;
}

/** Who has asked for the run's stop, as its journal says; undefined when nobody has. */
export async function stopOf(redis: Redis, runId: string): Promise<string | undefined> {
  return foldJournal(await readJournal(redis, runId)).stopBy;
}

/** Waits until the run was accepted, then claims it. */
export async function playWorker(redis: Redis, queues: Queues, id: string, ms?: number): Promise<PlayedRun> {
  const { request } = await until(`run ${id} is accepted`, async () => (await readRun(redis, id)) ?? false, ms);
  const claim = await claimRun({ redis, queues }, id, 'played');
  if (claim.state !== 'claimed') throw new Error(`run ${id} is ${claim.state}`);
  const { epoch, token } = claim;
  const fence = { epoch, token };
  async function append(entry: JournalEntryInput): Promise<void> {
    await appendEntries(redis, id, [entry], fence);
  }
  const usage = { inputTokens: 120, outputTokens: 40, costUsd: 0.0123, estimated: false };
  return {
    id,
    epoch,
    fence,
    request,
    append,
    write: (text, step = 0) => publishLive(redis, id, { type: 'text', epoch, step, text }),
    answered: (text, step = 0) =>
      append({
        type: 'model.answered',
        step,
        model: 'played',
        text,
        toolCalls: [],
        finishReason: 'stop',
        usage,
        durationMs: 5,
      }),
    tool: (tool, args = {}, call = 0) =>
      append({
        type: 'tool.intended',
        step: 0,
        call,
        tool,
        domain: 'test',
        arguments: JSON.stringify(args),
        repeatable: true,
        idempotencyKey: `${id}-${call}`,
      }),
    toolDone: (tool, outcome = 'ok', call = 0) =>
      append({ type: 'tool.finished', step: 0, call, tool, domain: 'test', outcome, content: 'done', durationMs: 3 }),
    async end(text, fields = {}) {
      await endRun({ redis, queues }, request, fence, {
        type: 'run.ended',
        outcome: 'answered',
        text,
        usage,
        models: ['played'],
        tools: [],
        iterations: 1,
        durationMs: 1_234,
        ...fields,
      });
    },
  };
}

/** Waits until `look` returns something. Rejects after `ms` milliseconds and says what it waited for. */
export async function until<T>(what: string, look: () => Promise<T | false> | T | false, ms = 30_000): Promise<T> {
  const late = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== false) return found;
    if (Date.now() > late) throw new Error(`waited in vain until ${what}`);
    await sleep(5);
  }
}
