/** What goes first when the bot's global limit is short: first comes what a person waits for. */
export const urgency = { sign: 0, answer: 1, edit: 2, decoration: 3 } as const;
export type Urgency = (typeof urgency)[keyof typeof urgency];

export interface Pacer {
  /**
   * Resolves when a request may be sent, to a function that is to be called once its answer is there. Rejects with the
   * signal's reason when `signal` aborts before.
   */
  turn(urgency: Urgency, signal?: AbortSignal): Promise<() => void>;
}

/**
 * The share of the limit that each kind of request may take, so that there is always room for more urgent ones: a new
 * question gets its first sign at once, however many answers are being streamed.
 */
const shares: Record<Urgency, number> = { 0: 1, 1: 0.8, 2: 0.5, 3: 0.3 };

type Waiter = () => void;

/**
 * Keeps a bot below Discord's global limit of 50 requests a second and lets urgent requests pass others. A request
 * counts from its sending until a second after its answer. Discord counts it at some moment in between, so that no
 * second of Discord's has more than the limit, however long requests take.
 */
export function createPacer(options: { limit?: number; windowMs?: number } = {}): Pacer {
  const limit = options.limit ?? 50;
  const windowMs = options.windowMs ?? 1_010;
  const lanes: Record<Urgency, Waiter[]> = { 0: [], 1: [], 2: [], 3: [] };
  let taken = 0;

  function drain(): void {
    for (const level of Object.values(urgency)) {
      const lane = lanes[level];
      while (lane.length > 0 && taken < limit * shares[level]) {
        taken += 1;
        lane.shift()?.();
      }
      // Lower lanes have smaller shares, so that they are full where this one is.
      if (lane.length > 0) return;
    }
  }

  function release(): void {
    setTimeout(() => {
      taken -= 1;
      drain();
    }, windowMs).unref();
  }

  return {
    turn(level, signal) {
      return new Promise((resolve, reject) => {
        const lane = lanes[level];
        const leave = (): void => {
          lane.splice(lane.indexOf(waiter), 1);
          reject(signal?.reason as Error);
        };
        const waiter: Waiter = () => {
          signal?.removeEventListener('abort', leave);
          resolve(release);
        };
        if (signal?.aborted) return reject(signal.reason as Error);
        signal?.addEventListener('abort', leave, { once: true });
        lane.push(waiter);
        drain();
      });
    },
  };
}
