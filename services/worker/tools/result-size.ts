import { isObject } from '#shared/ground/objects.ts';
import type { ResultSize } from '#shared/run/journal-entries.ts';

/** Lists that say how much a result holds, by the names that they have in structured results. */
const LISTS = [
  'rows',
  'entries',
  'matches',
  'objects',
  'tables',
  'messages',
  'channels',
  'series',
  'workflows',
  'buckets',
  'databases',
] as const;

/** How much a structured result holds; undefined where it has none of these lists. */
export function sizeOf(structured: unknown): ResultSize | undefined {
  if (!isObject(structured)) return undefined;
  const of = LISTS.find((name) => Array.isArray(structured[name]));
  if (of === undefined) return undefined;
  const list = structured[of] as unknown[];
  return { count: list.length, of, ...(structured['truncated'] === true && { more: true }) };
}
