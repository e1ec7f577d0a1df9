import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Redis } from 'ioredis';
import { onceKey, type JournalEntry } from '#shared/run/journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';

/** A run as a version of Dragoman has stored it. Times are in milliseconds after its acceptance. */
export interface StoredRun {
  name: string;
  about: string;
  record: Record<string, unknown> & {
    request: { id: string; conversation: string; caller: { kind: string; id: string } };
  };
  journal: { atMs: number; entry: Record<string, unknown> & { type: string; expiresAt?: number; approval?: string } }[];
}

/** The samples of one version's folder. */
export function readSamples(version: string): StoredRun[] {
  const folder = path.join(import.meta.dirname, version);
  return readdirSync(folder).map((file) => ({
    ...(JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Omit<StoredRun, 'name'>),
    name: path.basename(file, '.json'),
  }));
}

/** Entries that newer versions may write between those that this version knows. */
const newerKinds = [
  { type: 'memory.recalled', notes: ['x'] },
  { type: 'tool.batched', step: 0, call: 0 },
  { type: 'run' },
  { type: '' },
];

/** The sample with an entry of an unknown kind after each of its own. */
export function withNewerKinds(sample: StoredRun): StoredRun {
  const journal = sample.journal.flatMap(({ atMs, entry }, index) => [
    { atMs, entry },
    { atMs, entry: newerKinds[index % newerKinds.length]! },
  ]);
  return { ...sample, journal };
}

/** Puts a sample into Redis as if its last entry had been written a second ago; returns the run's id. */
export async function restore(redis: Redis, { record, journal }: StoredRun): Promise<string> {
  const { id, conversation, caller } = record.request;
  const began = Date.now() - 1_000 - (journal.at(-1)?.atMs ?? 0);
  const { acceptedAt: _, endedAt, ...fields } = record;
  const stored = { ...fields, request: JSON.stringify(record.request), acceptedAt: began };
  await redis.hset(keys.run(id), endedAt === undefined ? stored : { ...stored, endedAt: began + Number(endedAt) });
  for (const [index, { atMs, entry }] of journal.entries()) {
    const moved = entry.expiresAt === undefined ? entry : { ...entry, expiresAt: began + entry.expiresAt };
    const at = `${began + atMs}-${index}`;
    await redis.xadd(keys.journal(id), at, 'e', JSON.stringify(moved));
    const once = onceKey(entry as unknown as JournalEntry);
    if (once !== undefined) await redis.hset(keys.once(id), once, at);
    if (moved.type === 'approval.requested') {
      await redis.zadd(keys.approvals, moved.expiresAt ?? 0, `${id} ${moved.approval ?? ''}`);
    }
  }
  await redis.zadd(record['outcome'] === 'failed' ? keys.failed : keys.recent, began, id);
  if (record['status'] === 'ended') return id;
  await redis.rpush(keys.line(conversation), id);
  await redis.sadd(keys.inflight(`${caller.kind}:${caller.id}`), id);
  return id;
}
