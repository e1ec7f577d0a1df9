import type { PlaygroundContext } from '../context.ts';

/**
 * Resolves with what `look` finds, now or after some change. Rejects after `ms` milliseconds and says what was `seen`.
 */
export function waitUntil<T>(
  context: PlaygroundContext,
  look: () => T | undefined | false,
  ms: number,
  seen: () => string,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const check = () => {
    try {
      const found = look();
      if (found !== undefined && found !== false) resolve(found);
    } catch (error) {
      reject(error);
    }
  };
  const unsubscribe = context.onChange(check);
  const timer = setTimeout(() => reject(new Error(`The playground waited ${ms} ms in vain. ${seen()}`)), ms);
  check();
  return promise.finally(() => {
    unsubscribe();
    clearTimeout(timer);
  });
}
