/** What goes first when the bot's global limit is short: what a person waits for. */
export const urgency = { sign: 0, answer: 1, edit: 2, decoration: 3 } as const;
export type Urgency = (typeof urgency)[keyof typeof urgency];

export interface Pacer {
  /** Resolves true when the request may be sent, false as soon as `superseded` aborts before. */
  turn(urgency: Urgency, superseded?: AbortSignal): Promise<boolean>;
}

/**
 * How much of the window each kind of request may fill, so that there is always room for what is more urgent: a
 * question that comes in gets its first sign at once however many answers are being streamed.
 */
const shares: Record<Urgency, number> = { 0: 1, 1: 0.8, 2: 0.5, 3: 0.3 };

/**
 * Keeps a bot below Discord's global limit of 50 requests a second (a sliding window, so that the phase of the
 * server's own window does not matter) and lets urgent requests pass others.
 */
export function createPacer(options: { limit?: number; windowMs?: number } = {}): Pacer {
  const limit = options.limit ?? 50;
  const windowMs = options.windowMs ?? 1_060;
  const sent: number[] = [];
  const lanes: Record<Urgency, Waiter[]> = { 0: [], 1: [], 2: [], 3: [] };
  let timer: NodeJS.Timeout | undefined;

  function drain(): void {
    timer = undefined;
    const now = performance.now();
    while (sent.length > 0 && now - (sent[0] ?? now) >= windowMs) sent.shift();
    for (const level of Object.values(urgency)) {
      const lane = lanes[level];
      while (lane.length > 0 && sent.length < limit * shares[level]) {
        sent.push(now);
        lane.shift()?.(true);
      }
      // Lower lanes have smaller shares: where this one is full, they are.
      if (lane.length > 0) break;
    }
    if (Object.values(lanes).some((lane) => lane.length > 0)) {
      timer = setTimeout(drain, Math.max(1, windowMs - (now - (sent[0] ?? now))));
    }
  }

  return {
    turn(level, superseded) {
      return new Promise((resolve) => {
        if (superseded?.aborted) return resolve(false);
        const lane = lanes[level];
        const leave = (): void => {
          const at = lane.indexOf(waiter);
          if (at >= 0) lane.splice(at, 1);
          waiter(false);
        };
        const waiter: Waiter = (granted) => {
          superseded?.removeEventListener('abort', leave);
          resolve(granted);
        };
        superseded?.addEventListener('abort', leave, { once: true });
        lane.push(waiter);
        // A waiting timer is for lower lanes: this request may have room now.
        if (timer) clearTimeout(timer);
        drain();
      });
    },
  };
}

type Waiter = (granted: boolean) => void;
