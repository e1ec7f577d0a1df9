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

/**
 * What is done whenever a gateway session begins: missed messages are caught up with; the first time permissions are
 * checked and commands registered as well. Returns at once; failures are logged.
 */
export function createNewSession(parts: NewSessionParts): () => void {
  let first = true;
  let work = Promise.resolve();

  async function begin(): Promise<void> {
    await attempt('catching up', () => catchUp(parts));
    if (!first || !parts.client.isReady()) return;
    first = false;
    reportPermissions(parts.client);
    const definitions = commands.map(({ definition }) => definition);
    await attempt('registering commands', () =>
      registerCommands(parts.api, parts.redis, parts.application, definitions),
    );
  }

  return () => {
    // One after the other: two sessions in a row would look twice for the same messages.
    work = work.then(begin);
  };
}

async function attempt(what: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    log.error({ what, error: errorText(error) }, 'a task after logging in failed');
  }
}
