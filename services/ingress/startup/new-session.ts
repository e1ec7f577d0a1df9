import type { Client } from 'discord.js';
import type { Redis } from 'ioredis';
import { errorText } from '#shared/errors.ts';
import { createLogger } from '#shared/log.ts';
import { commands } from '../commands/catalogue.ts';
import { registerCommands } from '../commands/register.ts';
import type { DiscordApi } from '../discord/api.ts';
import { catchUp } from '../messages/catch-up.ts';
import type { Listener } from '../messages/listen.ts';
import type { Marks } from '../messages/marks.ts';
import { reportPermissions } from './permissions.ts';

const log = createLogger('startup');

export interface NewSessionParts {
  client: Client;
  api: DiscordApi;
  redis: Redis;
  marks: Marks;
  listener: Listener;
  application: string;
  maxAgeMs: number;
}

/** What happens to the gateway's connection. All return at once; failures are logged. */
export interface Sessions {
  /** A new session: what came before it was not given to us. */
  began(): void;
  /** Until the session goes on or a new one begins, messages may be missing. */
  lost(): void;
  /** The session goes on, and all that was missed has been given to us. */
  resumed(): void;
}

/**
 * Whenever a gateway session begins, missed messages are caught up with; the first time permissions are checked and
 * commands registered as well. Marks move only while nothing can be missing.
 */
export function createSessions(parts: NewSessionParts): Sessions {
  let first = true;
  let connected = false;
  let running = false;
  let waiting = false;
  let work = Promise.resolve();

  function settle(): void {
    if (connected && !running && !waiting) parts.marks.release();
  }

  async function begin(): Promise<void> {
    running = true;
    waiting = false;
    await attempt('catching up', () => catchUp(parts));
    running = false;
    settle();
    if (!first || !parts.client.isReady()) return;
    first = false;
    reportPermissions(parts.client);
    const definitions = commands.map(({ definition }) => definition);
    await attempt('registering commands', () =>
      registerCommands(parts.api, parts.redis, parts.application, definitions),
    );
  }

  return {
    began() {
      connected = true;
      parts.marks.hold();
      // One after the other: two sessions in a row would look twice for the same messages. One that waits looks for all.
      if (waiting) return;
      waiting = true;
      work = work.then(begin);
    },
    lost() {
      connected = false;
      parts.marks.hold();
    },
    resumed() {
      connected = true;
      settle();
    },
  };
}

async function attempt(what: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    log.error({ what, error: errorText(error) }, 'a task after logging in failed');
  }
}
