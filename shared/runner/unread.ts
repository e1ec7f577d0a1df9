import type { ServerResponse } from 'node:http';
import { roomFor } from '#shared/ground/memory.ts';

/** Counts the bytes of answers that their callers have not read yet: they are held here, and nobody else bounds them. */
export interface Unread {
  /** True while no further answers should be made. */
  full(): boolean;
  /** Counts what is left of an answer that was given to its connection, until it is read or its connection ends. */
  watch(response: ServerResponse): void;
}

/** Milliseconds in which a caller has to read its answer; then its connection is closed, so that others have room. */
const patienceMs = 120_000;

export function createUnread(maxBytes = roomFor(512 * 1024 * 1024) / 4): Unread {
  let held = 0;
  return {
    full: () => held > maxBytes,
    watch(response) {
      const bytes = response.writableLength;
      if (bytes === 0 || response.closed) return;
      held += bytes;
      const late = setTimeout(() => response.destroy(), patienceMs);
      late.unref();
      response.once('close', () => {
        held -= bytes;
        clearTimeout(late);
      });
    },
  };
}
