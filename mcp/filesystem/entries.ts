import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import type { Held } from './reach.ts';

/**
 * A directory's entries as they lie on disk, one after the other: there may be more than fit into the memory. Names that
 * are not UTF-8 are left out, for no tool could be given them.
 */
export async function* entriesOf(held: Held): AsyncGenerator<Dirent> {
  // Node takes `buffer` here as `readdir` does; its types do not know.
  const directory = await opendir(held.reach, { encoding: 'buffer' as BufferEncoding });
  for await (const found of directory) {
    const name = found.name as unknown as Buffer;
    if (isUtf8(name)) yield Object.assign(found, { name: name.toString('utf8') });
  }
}

/** Of all that are added the first ones by name, sorted. */
export interface FirstByName<T> {
  add(item: T): void;
  /** How many were added. */
  readonly total: number;
  items(): T[];
}

/** Holds at most twice as many as are asked for, whatever is added. */
export function firstByName<T extends { name: string }>(most: number): FirstByName<T> {
  let kept: T[] = [];
  let total = 0;
  const items = (): T[] => (kept = kept.toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(0, most));
  return {
    add(item) {
      total += 1;
      kept.push(item);
      if (kept.length > 2 * most + 100) items();
    },
    get total() {
      return total;
    },
    items,
  };
}
