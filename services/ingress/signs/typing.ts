import { createLogger } from '#shared/process/log.ts';
import { errorText } from '#shared/ground/errors.ts';
import type { DiscordApi } from '../discord/api.ts';

const log = createLogger('typing');

/** Shows "is typing" in channels while runs there have nothing else to show. */
export interface Typing extends Disposable {
  /** Begins for `owner` (a run); repeated calls change nothing. It ends by itself after two minutes. */
  start(owner: string, channel: string): void;
  /** Ends for `owner`, if it had begun. */
  stop(owner: string): void;
  /** A message of ours ends Discord's own display in the channel, so that the next start shows it anew. */
  interrupted(channel: string): void;
  /** How many runs are shown as typing. */
  readonly size: number;
}

/** Milliseconds. Discord shows typing for 10 s. */
const refreshMs = 8_000;
const longestMs = 120_000;

export function createTyping(api: DiscordApi, times = { refreshMs, longestMs }): Typing {
  const owners = new Map<string, { channel: string; until: number }>();
  const channels = new Map<string, { shownAt: number; timer: NodeJS.Timeout }>();

  function show(channel: string): void {
    api.typing(channel).catch((error: unknown) => log.debug({ channel, error: errorText(error) }, 'typing failed'));
  }

  function refresh(channel: string): void {
    const now = Date.now();
    for (const [owner, entry] of owners) if (entry.until <= now) owners.delete(owner);
    if (![...owners.values()].some((entry) => entry.channel === channel)) return end(channel);
    const state = channels.get(channel);
    if (state) state.shownAt = now;
    show(channel);
  }

  function end(channel: string): void {
    const state = channels.get(channel);
    if (state) clearInterval(state.timer);
    channels.delete(channel);
  }

  return {
    start(owner, channel) {
      if (owners.has(owner)) return;
      owners.set(owner, { channel, until: Date.now() + times.longestMs });
      const state = channels.get(channel);
      if (state && state.shownAt > 0) return;
      if (!state) channels.set(channel, { shownAt: Date.now(), timer: setInterval(refresh, times.refreshMs, channel) });
      else state.shownAt = Date.now();
      show(channel);
    },
    stop(owner) {
      const entry = owners.get(owner);
      owners.delete(owner);
      if (entry && ![...owners.values()].some(({ channel }) => channel === entry.channel)) end(entry.channel);
    },
    interrupted(channel) {
      const state = channels.get(channel);
      if (state) state.shownAt = 0;
    },
    get size() {
      return owners.size;
    },
    [Symbol.dispose]() {
      owners.clear();
      for (const channel of channels.keys()) end(channel);
    },
  };
}
