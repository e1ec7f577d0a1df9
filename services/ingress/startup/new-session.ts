import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Events, type Guild } from 'discord.js';
import type { Redis } from 'ioredis';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { commands } from '../commands/catalogue.ts';
import { registerCommands } from '../commands/register.ts';
import type { DiscordApi } from '../discord/api.ts';
import { catchUp, readAgain, type CatchUpContext, type Unread } from '../messages/catch-up.ts';
import type { Application } from './intents.ts';
import { reportPermissions, reportPermissionsOf } from './permissions.ts';

const log = createLogger('startup');

export interface SessionContext extends CatchUpContext {
  api: DiscordApi;
  /** This one waits while Redis is away. */
  patient: { redis: Redis };
  application: Application;
}

/** What happens to the gateway's connection. All calls return at once and log failures. Disposed, it reads no more. */
export interface Sessions extends Disposable {
  /** A new session began; messages before it were not given to us. */
  began(shard: number): void;
  /** The session was lost: until it goes on or a new one begins, messages may be missing. */
  lost(shard: number): void;
  /** A server came that was not there when the session began: it was in an outage, or the bot was let in only now. */
  guildCame(guild: Guild): void;
  /** The session goes on, and everything that was missed has been given to us. */
  resumed(shard: number): void;
}

/** Milliseconds until another try to read what could not be read; doubled each time. */
const backOffMs = { first: 1_000, longest: 60_000 };

/**
 * Catches up with missed messages whenever a gateway session begins; the first time it also checks permissions and
 * registers commands. Marks move only while nothing can be missing; a channel that cannot be read holds back only its
 * own mark.
 */
export function createSessions(ingress: SessionContext): Sessions {
  let first = true;
  /** Shards with a session. Until all have one, messages may be missing somewhere. */
  const connected = new Set<number>();
  let running = false;
  let closed = false;
  let waiting = false;
  let work = Promise.resolve();
  let retrying = Promise.resolve();
  /** Aborts when a later session looks for everything that is missing, or the process ends. */
  let replaced = new AbortController();

  function areAllThere(): boolean {
    return connected.size > 0 && connected.size >= ingress.client.ws.shards.size;
  }

  function settle(): void {
    if (areAllThere() && !running && !waiting && !closed) ingress.marks.release();
  }

  async function begin(): Promise<void> {
    await retrying;
    if (closed) return;
    running = true;
    waiting = false;
    replaced = new AbortController();
    const { signal } = replaced;
    // Before anything is read, because that may take long and what is missing explains it.
    if (first) await report();
    const unread = await look(signal);
    running = false;
    settle();
    if (unread) retrying = lookAgain(unread, signal);
    if (!first || !ingress.client.isReady()) return;
    first = false;
    const definitions = commands.map(({ definition }) => definition);
    await attempt('registering commands', () =>
      registerCommands(ingress.api, ingress.patient.redis, ingress.application.id, definitions),
    );
  }

  async function report(): Promise<void> {
    const { client } = ingress;
    if (!client.isReady()) await once(client, Events.ClientReady);
    if (client.isReady()) reportPermissions(client);
  }

  /** Undefined when another session is to look. Nobody knows what is missing until the marks could be read. */
  async function look(signal: AbortSignal): Promise<Unread | undefined> {
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        return await catchUp(ingress);
      } catch (error) {
        log.error({ error: errorText(error) }, 'what was missed cannot be caught up with yet; trying again');
        await pause(tries, signal);
      }
    }
    return undefined;
  }

  async function lookAgain(unread: Unread, signal: AbortSignal): Promise<void> {
    for (let tries = 0, left = unread; left.channels.length > 0; tries += 1) {
      await pause(tries, signal);
      if (signal.aborted) return;
      left = await readAgain(ingress, left);
    }
  }

  function lookForMissed(): void {
    ingress.marks.hold();
    replaced.abort();
    // Sessions look one after the other, because two would look twice for the same messages. One that waits looks for
    // all.
    if (waiting) return;
    waiting = true;
    work = work.then(begin);
  }

  return {
    began(shard) {
      connected.add(shard);
      lookForMissed();
    },
    guildCame(guild) {
      // Those that come while the session begins are looked at with it.
      if (!connected.has(guild.shardId)) return;
      reportPermissionsOf(guild);
      lookForMissed();
    },
    lost(shard) {
      connected.delete(shard);
      ingress.marks.hold();
    },
    resumed(shard) {
      connected.add(shard);
      settle();
    },
    [Symbol.dispose]() {
      closed = true;
      replaced.abort();
    },
  };
}

async function pause(tries: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(backOffMs.first * 2 ** tries, backOffMs.longest) * (0.75 + Math.random() / 2);
  await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
}

async function attempt(what: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    log.error({ what, error: errorText(error) }, 'a task after logging in failed');
  }
}
