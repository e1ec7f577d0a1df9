import { hashOfKey, isValid, usedEveryMs, type ReadKey } from './api-keys.ts';

/**
 * API keys as they were read lately, so that not every question reads its key. What is found may have been changed
 * since, so that whoever relies on it has that checked in the step that acts on it (`key` in accept.lua).
 */
export interface KnownKeys {
  /** The key as it was read; undefined when it was not, when its time is over, or when its use is to be noted again. */
  find(key: string): ReadKey | undefined;
  remember(key: string, read: ReadKey): void;
  forget(key: string): void;
}

/** Keys that are known at most: far more than any server has in use. */
const most = 10_000;

export function createKnownKeys(): KnownKeys {
  const known = new Map<string, ReadKey>();
  return {
    find(key) {
      const found = known.get(hashOfKey(key));
      const now = Date.now();
      return found && isValid(found.key, now) && now - found.usedAt < usedEveryMs ? found : undefined;
    },
    remember(key, read) {
      if (known.size >= most) known.clear();
      known.set(hashOfKey(key), read);
    },
    forget: (key) => void known.delete(hashOfKey(key)),
  };
}
