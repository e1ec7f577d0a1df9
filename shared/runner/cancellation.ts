import type { Grant } from './auth.ts';

interface Message {
  id?: unknown;
  method?: unknown;
  params?: { requestId?: unknown };
}

/**
 * Cancellation by a notification in a request of its own, which finds the call by the caller, the run and the request's
 * id. Clients of the revisions before 2026-07-28 keep the stream open and cancel in this way. Workers do so for calls
 * with an idempotency key, which do not end with their connection.
 */
export interface Cancellations {
  /** Remembers a call until the returned function is called. */
  watch(grant: Grant, body: unknown, cancel: () => void): () => void;
  /** Cancels the calls that a `notifications/cancelled` names; ignores everything else. */
  heed(grant: Grant, body: unknown): void;
}

export function createCancellations(): Cancellations {
  const calls = new Map<string, Set<() => void>>();
  const keyOf = (grant: Grant, id: unknown) => JSON.stringify([grant.subject, grant.run, id]);
  return {
    watch(grant, body, cancel) {
      const { id, method } = (body ?? {}) as Message;
      if (method !== 'tools/call' || id === undefined) return () => undefined;
      const key = keyOf(grant, id);
      const same = calls.get(key) ?? new Set();
      calls.set(key, same.add(cancel));
      return () => {
        same.delete(cancel);
        if (same.size === 0 && calls.get(key) === same) calls.delete(key);
      };
    },
    heed(grant, body) {
      const { method, params } = (body ?? {}) as Message;
      if (method !== 'notifications/cancelled') return;
      for (const cancel of calls.get(keyOf(grant, params?.requestId)) ?? []) cancel();
    },
  };
}
