import { ActivityType, Events, Status, type Client, type PresenceData } from 'discord.js';
import { errorText } from '#shared/ground/errors.ts';
import { speak, type Say } from '../language/say.ts';
import { createLogger } from '#shared/process/log.ts';

const log = createLogger('health');

/** What people see beside the bot's name. */
const presences = {
  ready: (say: Say) => shown('online', say('presence.ready')),
  degraded: (say: Say) => shown('dnd', say('presence.away')),
} as const;

export type Health = keyof typeof presences;

/** The presence with which each session begins. Everybody sees the same, so it is in the operator's language. */
export const firstPresence: (say: Say) => PresenceData = presences.ready;

function shown(status: 'online' | 'dnd', state: string): PresenceData {
  return { status, activities: [{ type: ActivityType.Custom, name: 'Custom Status', state }] };
}

/** Milliseconds between two checks. Discord allows five changes in 20 s, and each check makes at most one. */
const lookMs = 5_000;

/**
 * Shows whether the bot can take questions, by asking `check` every few seconds. Discord is told only of changes, and
 * of a session that began with another presence.
 */
export function showHealth(
  client: Client,
  check: () => Promise<unknown>,
  { say = speak('en'), everyMs = lookMs }: { say?: Say | undefined; everyMs?: number | undefined } = {},
): Disposable {
  let health: Health = 'ready';
  let told: Health = 'ready';

  function tell(): void {
    const connected = client.ws.shards.size > 0 && client.ws.shards.every(({ status }) => status === Status.Ready);
    // A change that is sent without a session goes out at some later time, when it may be wrong.
    if (!connected || told === health || !client.isReady()) return;
    told = health;
    log.info({ health }, 'the presence changes');
    client.user.setPresence(presences[health](say));
  }

  async function look(): Promise<void> {
    try {
      await check();
      health = 'ready';
    } catch (error) {
      health = 'degraded';
      log.debug({ error: errorText(error) }, 'questions cannot be taken');
    }
    tell();
  }

  function begin(): void {
    told = 'ready';
    tell();
  }

  client.on(Events.ShardReady, begin);
  client.on(Events.ShardResume, tell);
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look().finally(() => (looking = undefined));
  }, everyMs);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      client.off(Events.ShardReady, begin);
      client.off(Events.ShardResume, tell);
    },
  };
}
