import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, longText, of, type Text } from '#shared/redis/script.ts';

const entrySchema = z.object({
  text: z.string(),
  /** Milliseconds since the epoch, by Redis' clock. */
  at: z.number(),
  /** Who saved it: `kind:id`, and the name at that time. */
  by: z.string(),
  name: z.string().default(''),
  /** True when text from outside had been read before it was saved, so that it may repeat such text. */
  outside: z.literal(true).optional(),
});
export type MemoryEntry = z.output<typeof entrySchema> & { id: string };

export interface MemoryLimits {
  /** Memories of one person, channel or server. */
  most: number;
  /** Milliseconds after which a memory is forgotten. */
  ttlMs: number;
}

const saveScript = defineScript(new URL('./save.lua', import.meta.url), {
  keys: ['entries'],
  args: { id: of<string>(), entry: of<Text>(), most: of<number>(), ttlMs: of<number>() },
  reply: of<'full' | 'kept' | 'renewed'>(),
});

/** The same text of the same owner is one memory, however often it is saved. */
function idOf(text: string): string {
  return createHash('sha256').update(text.normalize('NFC')).digest('hex').slice(0, 10);
}

/** Keeps a memory. `by` saved it; what is shared is remembered under their name, for when they want to be forgotten. */
export async function saveMemory(
  redis: Redis,
  owner: string,
  memory: Omit<MemoryEntry, 'id' | 'at'>,
  limits: MemoryLimits,
): Promise<{ id: string; outcome: 'full' | 'kept' | 'renewed' }> {
  // What is too old takes no place.
  await listMemories(redis, owner, limits.ttlMs);
  const id = idOf(memory.text);
  const entry = longText(JSON.stringify({ ...memory, at: await now(redis) }));
  if (!owner.startsWith('person:')) await redis.sadd(keys.memoryShared(memory.by), owner);
  const outcome = await saveScript(redis, { entries: keys.memory(owner) }, { id, entry, ...limits });
  return { id, outcome };
}

/** An owner's memories, the newest first. Those that are too old are removed. */
export async function listMemories(redis: Redis, owner: string, ttlMs: number): Promise<MemoryEntry[]> {
  const [stored, at] = await Promise.all([redis.hgetall(keys.memory(owner)), now(redis)]);
  const entries = Object.entries(stored).flatMap(([id, text]) => readEntry(id, text));
  const old = entries.filter((entry) => entry.at + ttlMs <= at).map(({ id }) => id);
  if (old.length > 0) await deleteMemories(redis, owner, old);
  return entries.filter(({ id }) => !old.includes(id)).toSorted((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
}

/** One that an other version has written in another form is left where it is. */
function readEntry(id: string, text: string): MemoryEntry[] {
  try {
    return [{ ...entrySchema.parse(JSON.parse(text)), id }];
  } catch {
    return [];
  }
}

/** Returns how many there were. */
export async function deleteMemories(redis: Redis, owner: string, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const [gone] = await Promise.all([
    redis.hdel(keys.memory(owner), ...ids),
    redis.hdel(keys.memoryVectors(owner), ...ids),
  ]);
  return gone;
}

/**
 * Forgets a person (`kind:id`): their own memories, and what they saved for channels and servers. Returns how many
 * memories went.
 */
export async function forgetPerson(redis: Redis, person: string): Promise<number> {
  const own = `person:${person}`;
  let gone = await redis.hlen(keys.memory(own));
  await redis.unlink(keys.memory(own));
  await redis.unlink(keys.memoryVectors(own));
  for (const owner of await redis.smembers(keys.memoryShared(person))) {
    const stored = await redis.hgetall(keys.memory(owner));
    const theirs = Object.entries(stored).flatMap(([id, text]) =>
      readEntry(id, text).filter(({ by }) => by === person),
    );
    gone += await deleteMemories(
      redis,
      owner,
      theirs.map(({ id }) => id),
    );
  }
  await redis.unlink(keys.memoryShared(person));
  return gone;
}

async function now(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}
