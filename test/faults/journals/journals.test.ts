import { randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideApproval } from '#shared/run/decide.ts';
import { journalEntrySchema, onceKey, type JournalEntry } from '#shared/run/journal-entries.ts';
import { readJournal } from '#shared/run/journal.ts';
import { keys } from '#shared/redis/keys.ts';
import { foldJournal } from '#shared/run/fold/fold.ts';
import type { PlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';
import { scripts, storedToolbox } from './scripts.ts';

// Journals of earlier versions are cut off after each of their entries, as a worker's death cuts them. Today's code
// must go on with every one, to the same answer, with each effect done once.

let rig: Rig;
let toolbox: PlayedToolbox;
let worker: AsyncDisposable;

beforeAll(async () => {
  rig = await startRig();
  toolbox = storedToolbox();
  worker = await rig.worker({ toolbox });
  for (const [name, turns] of Object.entries(scripts)) rig.model.script(name, turns);
});
afterAll(async () => {
  await worker?.[Symbol.asyncDispose]();
  await rig?.[Symbol.asyncDispose]();
});

interface Stored {
  script: string;
  entries: { type: string }[];
}

const files = globSync('v*.json', { cwd: import.meta.dirname }).toSorted();
const prefixes = files.flatMap((file) => {
  const journals = JSON.parse(readFileSync(path.join(import.meta.dirname, file), 'utf8')) as Stored[];
  return journals.flatMap(({ script, entries }) =>
    entries
      .map((_, at) => ({
        name: `${file} ${script} after ${at + 1} entries`,
        script,
        entries: entries.slice(0, at + 1),
      }))
      .filter(({ entries: kept }) => kept.at(-1)?.type !== 'run.ended'),
  );
});

/** Puts a run into Redis as if its worker had died, and queues it. */
async function store(entries: JournalEntry[]): Promise<string> {
  const runId = `stored-${randomUUID()}`;
  const [first] = entries;
  if (first?.type !== 'run.accepted') throw new Error('a journal begins with its request');
  const request = { ...first.request, id: runId, conversation: runId };
  const epoch = entries.findLast((entry) => entry.type === 'run.claimed')?.epoch ?? 0;
  const waiting = rebuildsWaiting(entries);
  const now = Date.now();
  const writing = rig.redis.pipeline();
  writing.hset(keys.run(runId), {
    status: waiting ? 'waiting' : 'queued',
    request: JSON.stringify(request),
    epoch: String(epoch),
    acceptedAt: String(now),
    source: request.caller.kind,
  });
  await writing.exec();
  for (const entry of [{ type: 'run.accepted', request } as const, ...entries.slice(1)]) {
    const id = await rig.redis.xadd(keys.journal(runId), '*', 'e', JSON.stringify(entry));
    const once = onceKey(entry);
    if (once !== undefined) await rig.redis.hset(keys.once(runId), once, id ?? '');
  }
  await rig.redis.rpush(keys.line(runId), runId);
  if (!waiting) await rig.queues.add('run', { runId }, { jobId: runId });
  return runId;
}

function rebuildsWaiting(entries: JournalEntry[]): boolean {
  return foldJournal(entries.map((entry, at) => ({ id: `${Date.now()}-${at}`, entry }))).openApprovals > 0;
}

/** Decides what the run asks, until it has ended. */
async function decideAll(runId: string): Promise<void> {
  for (;;) {
    const state = foldJournal(await readJournal(rig.redis, runId));
    const open = [...state.approvals.values()].filter(({ decided }) => !decided);
    for (const { requested } of open) {
      const decision = requested.kind === 'unknown-outcome' ? 'happened' : 'allow';
      await decideApproval({ redis: rig.redis, queues: rig.queues }, runId, requested.approval, {
        decision: decision,
        by: 'Ann',
      });
    }
    if (state.ended) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a journal of an earlier version', () => {
  it('is stored for at least one version', () => {
    expect(files).toContain('v1.json');
    expect(prefixes.length).toBeGreaterThan(30);
  });

  it.each(prefixes)('$name is continued', async ({ script, entries }) => {
    const parsed = entries.map((entry) => journalEntrySchema.parse(entry));
    const before = toolbox.calls.length;
    const runId = await store(parsed);
    await decideAll(runId);
    expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered', text: scripts[script]?.at(-1)?.text });
    const calls = toolbox.calls.slice(before).map(({ key }) => key.split(':').slice(1).join(':'));
    const finished = parsed
      .filter((entry) => entry.type === 'tool.finished')
      .map(({ step, call }) => `${step}:${call}`);
    const again = calls.filter((key) => finished.includes(key));
    expect(again, 'a recorded call was made again').toEqual([]);
    expect(new Set(calls).size, 'a call was made twice').toBe(calls.length);
    const answered = parsed.filter((entry) => entry.type === 'model.answered').length;
    const asked = rig.model.requests.filter(({ headers }) => headers['x-litellm-trace-id'] === runId);
    expect(asked).toHaveLength((scripts[script]?.length ?? 0) - answered);
  });
});
