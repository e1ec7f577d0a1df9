import { setTimeout as sleep } from 'node:timers/promises';

/** Spreads the edits of all runs in a channel: one turn at a time, and no two closer than the interval. */
export interface ChannelPace {
  /**
   * Resolves when the channel's next turn belongs to the caller, or at once when `urgent` aborts. The caller then calls
   * the returned function with whether an edit was made; an unused turn goes to the next one without a pause.
   */
  turn(channel: string, urgent: AbortSignal): Promise<(used: boolean) => void>;
}

/** Milliseconds. Discord allows 5 edits in 5 s; 4 of them leave room for an end that does not wait. */
export const editIntervalMs = 1_250;

export function createChannelPace(intervalMs = editIntervalMs): ChannelPace {
  const channels = new Map<string, ChannelState>();
  return {
    async turn(channel, urgent) {
      const state = channels.get(channel) ?? { next: 0, line: Promise.resolve(), holders: 0 };
      channels.set(channel, state);
      state.holders += 1;
      const { promise: mine, resolve: pass } = Promise.withResolvers<void>();
      const before = state.line;
      state.line = before.then(() => mine);
      const hurry = aborted(urgent);
      await Promise.race([before, hurry]);
      await untilTime(state, urgent);
      return (used) => {
        if (used) state.next = performance.now() + intervalMs;
        state.holders -= 1;
        pass();
        if (state.holders === 0) setTimeout(forget, intervalMs, channel, state).unref();
      };
    },
  };

  function forget(channel: string, state: ChannelState): void {
    if (state.holders === 0 && channels.get(channel) === state) channels.delete(channel);
  }
}

/** A timer may fire a moment early, and an urgent edit may have moved the time meanwhile. */
async function untilTime(state: ChannelState, urgent: AbortSignal): Promise<void> {
  while (!urgent.aborted) {
    const wait = Math.ceil(state.next - performance.now());
    if (wait <= 0) return;
    await sleep(wait, undefined, { signal: urgent }).catch(() => undefined);
  }
}

interface ChannelState {
  /** No edit may be made before this moment of `performance.now()`. */
  next: number;
  /** Resolves when all who came earlier have had their turns. */
  line: Promise<void>;
  holders: number;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
