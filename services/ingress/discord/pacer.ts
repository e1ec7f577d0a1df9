/** What goes first when the bot's global limit is short: what a person waits for. */
export const urgency = { sign: 0, answer: 1, edit: 2, decoration: 3 } as const;
export type Urgency = (typeof urgency)[keyof typeof urgency];

export interface Pacer {
  /** Resolves when the request may be sent. */
  turn(urgency: Urgency): Promise<void>;
}

/**
 * Keeps a bot below Discord's global limit of 50 requests a second (a sliding window, so that the phase of the
 * server's own window does not matter) and lets urgent requests pass others.
 */
export function createPacer(options: { limit?: number; windowMs?: number } = {}): Pacer {
  const limit = options.limit ?? 48;
  const windowMs = options.windowMs ?? 1_060;
  const sent: number[] = [];
  const lanes: (() => void)[][] = [[], [], [], []];
  let timer: NodeJS.Timeout | undefined;

  function drain(): void {
    timer = undefined;
    const now = performance.now();
    while (sent.length > 0 && now - (sent[0] ?? now) >= windowMs) sent.shift();
    while (sent.length < limit) {
      const next = lanes.find((lane) => lane.length > 0)?.shift();
      if (!next) return;
      sent.push(now);
      next();
    }
    if (lanes.some((lane) => lane.length > 0))
      timer = setTimeout(drain, Math.max(1, windowMs - (now - (sent[0] ?? now))));
  }

  return {
    turn(level) {
      return new Promise((resolve) => {
        lanes[level]?.push(resolve);
        if (!timer) drain();
      });
    },
  };
}
