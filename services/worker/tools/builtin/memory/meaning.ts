import type { Redis } from 'ioredis';
import type { MemoryEntry } from '#shared/memory/store.ts';
import { keys } from '#shared/redis/keys.ts';
import type { Embed } from './embed.ts';

/** Below this two texts are about different things, with common models. */
const leastLikeness = 0.3;
/** Texts that one call of the model gets. */
const batch = 100;

/** Ranks an owner's memories by meaning. Vectors of this model that are missing are made and kept. */
export async function rankByMeaning(
  redis: Redis,
  embed: Embed,
  query: string,
  owned: readonly { owner: string; entry: MemoryEntry }[],
  signal: AbortSignal,
): Promise<{ index: number; likeness: number }[]> {
  const [wanted = []] = await embed.vectors([query], signal);
  const vectors = await vectorsOf(redis, embed, owned, signal);
  return vectors
    .map((vector, index) => ({ index, likeness: likenessOf(wanted, vector) }))
    .filter(({ likeness }) => likeness >= leastLikeness)
    .toSorted((a, b) => b.likeness - a.likeness);
}

async function vectorsOf(
  redis: Redis,
  embed: Embed,
  owned: readonly { owner: string; entry: MemoryEntry }[],
  signal: AbortSignal,
): Promise<(readonly number[])[]> {
  const owners = [...new Set(owned.map(({ owner }) => owner))];
  const stored = new Map(
    await Promise.all(owners.map(async (owner) => [owner, await redis.hgetall(keys.memoryVectors(owner))] as const)),
  );
  const found = owned.map(({ owner, entry }) => read(stored.get(owner)?.[entry.id], embed.model));
  const missing = found.flatMap((vector, index) => (vector === undefined ? [index] : []));
  for (let at = 0; at < missing.length; at += batch) {
    const part = missing.slice(at, at + batch);
    const texts = part.map((index) => owned[index]?.entry.text ?? '');
    const made = await embed.vectors(texts, signal);
    for (const [place, index] of part.entries()) {
      const vector = made[place];
      const { owner, entry } = owned[index] ?? {};
      if (vector === undefined || owner === undefined || entry === undefined) continue;
      found[index] = vector;
      await keep(redis, owner, entry.id, write(vector, embed.model));
    }
  }
  return found.map((vector) => vector ?? []);
}

/** A vector lives no longer than its memory's owner has memories. */
async function keep(redis: Redis, owner: string, id: string, value: string): Promise<void> {
  const ttlMs = await redis.pttl(keys.memory(owner));
  if (ttlMs <= 0) return;
  await redis.hset(keys.memoryVectors(owner), id, value);
  await redis.pexpire(keys.memoryVectors(owner), ttlMs);
}

function write(vector: readonly number[], model: string): string {
  return `${model}\n${Buffer.from(new Float32Array(vector).buffer).toString('base64')}`;
}

/** Undefined for one of another model. */
function read(stored: string | undefined, model: string): readonly number[] | undefined {
  if (stored === undefined || !stored.startsWith(`${model}\n`)) return undefined;
  const bytes = Buffer.from(stored.slice(model.length + 1), 'base64');
  return [...new Float32Array(new Uint8Array(bytes).buffer)];
}

/** The cosine of the angle between two vectors; 0 where they have not the same length. */
function likenessOf(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length || a.length === 0) return 0;
  let dot = 0;
  let ofA = 0;
  let ofB = 0;
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    dot += value * other;
    ofA += value * value;
    ofB += other * other;
  }
  return ofA === 0 || ofB === 0 ? 0 : dot / Math.sqrt(ofA * ofB);
}
