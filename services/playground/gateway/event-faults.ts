import { createDraw } from '../rest/faults.ts';

/**
 * What goes wrong with events on their way to a session.
 * drop: the event is numbered and kept for a replay, but never sent.
 * duplicate: it is sent twice, with two numbers, as at-least-once delivery does.
 * reorder: it is held back until the next event has been sent, or a quarter of a second has passed.
 */
export interface EventFault {
  kind: 'drop' | 'duplicate' | 'reorder';
  /** Only events of this name. */
  t?: string;
  /** How many events it hits; 1 unless `chance` is given. */
  times?: number;
  /** The share of fitting events that it hits, 0 to 1. The random numbers come from a seed. */
  chance?: number;
}

const HELD_MS = 250;

export interface EventFaults {
  add(fault: EventFault): void;
  clear(): void;
  /** Sends an event, or does to it what an active fault says. */
  apply(t: string, sessionId: string, send: (lost?: boolean) => void): void;
  hits(): Record<EventFault['kind'], number>;
}

export function createEventFaults(): EventFaults {
  let active: (EventFault & { left: number })[] = [];
  const held = new Map<string, () => void>();
  const hits = { drop: 0, duplicate: 0, reorder: 0 };
  const draw = createDraw(2);

  function take(t: string): EventFault['kind'] | undefined {
    const fault = active.find((f) => (f.t === undefined || f.t === t) && (f.chance === undefined || draw() < f.chance));
    if (!fault) return undefined;
    fault.left -= 1;
    active = active.filter(({ left }) => left > 0);
    hits[fault.kind] += 1;
    return fault.kind;
  }

  function release(sessionId: string): void {
    const send = held.get(sessionId);
    held.delete(sessionId);
    send?.();
  }

  return {
    add: (fault) => active.push({ ...fault, left: fault.times ?? (fault.chance === undefined ? 1 : Infinity) }),
    clear() {
      active = [];
    },
    apply(t, sessionId, send) {
      const kind = take(t);
      if (kind === 'reorder' && !held.has(sessionId)) {
        held.set(sessionId, () => send());
        setTimeout(() => release(sessionId), HELD_MS).unref();
        return;
      }
      send(kind === 'drop');
      if (kind === 'duplicate') send();
      release(sessionId);
    },
    hits: () => ({ ...hits }),
  };
}
