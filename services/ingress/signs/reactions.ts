import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '#shared/process/log.ts';
import { errorText } from '#shared/ground/errors.ts';
import type { RunOutcome } from '#shared/ground/vocabulary.ts';
import type { DiscordApi } from '../discord/api.ts';

const log = createLogger('reactions');

const working = '👀';
const ended: Record<RunOutcome, string> = { answered: '✅', failed: '❌', stopped: '⏹️' };

/**
 * Milliseconds. Discord allows one reaction per quarter of a second in a channel, counting both adding and removing.
 * The REST client learns this only from the first answer to each kind of request, so the distance is kept here.
 */
const distanceMs = 300;

/** The small reactions below a question. They are decoration: nothing waits for them, and no failure matters. */
export interface Reactions {
  accepted(channel: string, message: string): void;
  /** With `anew`, what an earlier answer to the same question left goes. */
  ended(channel: string, message: string, outcome: RunOutcome, anew?: boolean): void;
}

export function createReactions(api: DiscordApi, permitted: (channel: string) => boolean): Reactions {
  const lines = new Map<string, Promise<void>>();

  /** Acts one after the other in each channel. */
  function queue(channel: string, act: () => Promise<void>): void {
    if (!permitted(channel)) return;
    const line = (lines.get(channel) ?? Promise.resolve())
      .then(act)
      .catch((error: unknown) => log.debug({ channel, error: errorText(error) }, 'a reaction failed'))
      .then(() => sleep(distanceMs, undefined, { ref: false }))
      .finally(() => {
        if (lines.get(channel) === line) lines.delete(channel);
      });
    lines.set(channel, line);
  }

  return {
    accepted(channel, message) {
      queue(channel, () => api.react(channel, message, working));
    },
    ended(channel, message, outcome, anew = false) {
      queue(channel, () => api.react(channel, message, ended[outcome]));
      queue(channel, () => api.unreact(channel, message, working));
      if (!anew) return;
      for (const emoji of Object.values(ended).filter((each) => each !== ended[outcome]))
        queue(channel, () => api.unreact(channel, message, emoji));
    },
  };
}
