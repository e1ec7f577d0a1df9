import { createLogger } from '#shared/log.ts';
import { errorText } from '#shared/errors.ts';
import type { RunOutcome } from '#shared/run.ts';
import type { DiscordApi } from '../discord/api.ts';

const log = createLogger('reactions');

const working = '👀';
const ended: Record<RunOutcome, string> = { answered: '✅', failed: '❌', stopped: '❌' };

/** The small marks beneath a question. They are decoration: nothing waits for them, and no failure matters. */
export interface Reactions {
  accepted(channel: string, message: string): void;
  ended(channel: string, message: string, outcome: RunOutcome): void;
}

export function createReactions(api: DiscordApi, enabled: boolean): Reactions {
  function try_(channel: string, act: () => Promise<void>): void {
    if (!enabled) return;
    act().catch((error: unknown) => log.debug({ channel, error: errorText(error) }, 'a reaction failed'));
  }
  return {
    accepted(channel, message) {
      try_(channel, () => api.react(channel, message, working));
    },
    ended(channel, message, outcome) {
      try_(channel, async () => {
        await api.react(channel, message, ended[outcome]);
        await api.unreact(channel, message, working);
      });
    },
  };
}
