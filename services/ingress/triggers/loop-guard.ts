/** Keeps two bots from answering each other for ever. */
export interface LoopGuard {
  /** Counts a message of a bot in a channel; false while the bot must not be answered. */
  admit(channel: string, bot: string, now?: number): boolean;
}

/** Twenty messages of a bot in a channel within a minute cause a pause of a minute. */
export function createLoopGuard(limits = { messages: 20, windowMs: 60_000, pauseMs: 60_000 }): LoopGuard {
  const seen = new Map<string, { times: number[]; pausedUntil: number }>();
  return {
    admit(channel, bot, now = Date.now()) {
      const key = `${channel} ${bot}`;
      const state = seen.get(key) ?? { times: [], pausedUntil: 0 };
      seen.set(key, state);
      state.times = [...state.times.filter((time) => now - time < limits.windowMs), now];
      if (state.times.length > limits.messages) state.pausedUntil = now + limits.pauseMs;
      return now >= state.pausedUntil;
    },
  };
}
