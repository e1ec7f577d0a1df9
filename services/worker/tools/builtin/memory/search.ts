import { errorText } from '#shared/ground/errors.ts';
import { listMemories, type MemoryEntry } from '#shared/memory/store.ts';
import type { MemoryScope } from '#shared/memory/scopes.ts';
import { rankByWords } from '#shared/memory/words.ts';
import { memorySearchFailed } from '#services/worker/tools/events.ts';
import type { MemoryAccess } from './access.ts';
import { rankByMeaning } from './meaning.ts';

interface Owned {
  scope: MemoryScope;
  owner: string;
  entry: MemoryEntry;
}

export interface Found {
  /** The best first. */
  found: Owned[];
  /** How many there are. */
  total: number;
  /** What the model should know of the search. */
  note: string;
}

/** Weight of a place in a ranking; the constant of reciprocal rank fusion (Cormack et al., 2009). */
const placeOf = (rank: number) => 1 / (60 + rank);

/** Searches by words, and by meaning where a model for that is configured; what both find comes first. */
export async function searchMemories(
  memory: MemoryAccess,
  owners: readonly [MemoryScope, string][],
  query: string,
  signal: AbortSignal,
): Promise<Found> {
  const lists = await Promise.all(
    owners.map(async ([scope, owner]) => {
      const entries = await listMemories(memory.redis, owner, memory.limits.ttlMs);
      return entries.map((entry) => ({ scope, owner, entry }));
    }),
  );
  const all = lists.flat();
  const byWords = await rankByWords(
    query,
    all.map(({ entry }) => entry.text),
  );
  const { ranked: byMeaning, note } = await meaningOf(memory, all, query, signal);
  const scores = new Map<number, number>();
  for (const ranking of [byWords, byMeaning]) {
    for (const [rank, { index }] of ranking.entries()) scores.set(index, (scores.get(index) ?? 0) + placeOf(rank));
  }
  const order = [...scores].toSorted(([a, x], [b, y]) => y - x || a - b);
  return { found: order.flatMap(([index]) => all[index] ?? []), total: all.length, note };
}

async function meaningOf(memory: MemoryAccess, all: readonly Owned[], query: string, signal: AbortSignal) {
  const { embed, redis } = memory;
  if (!embed || all.length === 0 || query.trim() === '') return { ranked: [], note: '' };
  try {
    return { ranked: await rankByMeaning(redis, embed, query, all, signal), note: '' };
  } catch (error) {
    memorySearchFailed(errorText(error));
    return { ranked: [], note: ' (Searched by words alone: the model that knows meanings is away.)' };
  }
}
