import type { Client } from 'discord.js';
import type { Redis } from 'ioredis';
import type { IngressConfig } from '../config.ts';
import { createDiscordApi, type DiscordApi } from './api.ts';
import { createClient } from './client.ts';
import { createIdentifyThrottler } from './identify.ts';
import { shardsOf } from '../shards.ts';
import { createInvalidRequestGuard } from './invalid-requests.ts';
import { paceRest } from './paced-rest.ts';
import { createPacer } from './pacer.ts';
import { speak, type Words } from '../language/say.ts';
import { mayIn, missingToWrite } from './permissions.ts';
import { firstPresence, showHealth } from './show-health.ts';
import { createReads, type Reads } from './reads.ts';
import { endClient } from './sockets.ts';
import { watchGateway, type Watchdog } from './watchdog.ts';

/** Discord as the rest of the ingress sees it. */
export interface Discord {
  client: Client;
  api: DiscordApi;
  reads: Reads;
  watchdog: Watchdog;
  /** The bot's own user id. */
  bot(): string;
  /** Milliseconds of the gateway's last heartbeat; negative before the first. */
  ping(): number;
  mayReact(channel: string): boolean;
  /** Whether files may be sent in a channel, as far as is known. */
  mayAttach(channel: string): boolean;
  mayEmbed(channel: string): boolean;
  /** Whether replies may be sent there. */
  mayReply(channel: string): boolean;
  /** Why the bot cannot write in the channel; undefined when it can. */
  missingToWrite(channel: string): Words | undefined;
}

export interface DiscordOverrides {
  /** Aborts when the sessions with Discord must end at once. */
  over?: AbortSignal;
  // Times that tests make shorter.
  /** Milliseconds that Discord has to answer. */
  restTimeoutMs?: number;
  /** Milliseconds of silence after which Discord is given up. */
  deafMs?: number;
  /** Milliseconds that Discord has to say whether a session goes on. */
  resumeMs?: number;
  /** Milliseconds between two checks of what the presence shows. */
  presenceMs?: number;
  /** Milliseconds between two sessions that begin. */
  identifyMs?: number;
}

interface DiscordInput {
  config: IngressConfig;
  application: { id: string; messageContent: boolean };
  /** Fails fast. */
  redis: Redis;
  /** Rejects while questions cannot be taken; the presence shows this. */
  health(): Promise<unknown>;
  overrides: DiscordOverrides;
}

/** Prepares the connection to Discord, without logging in. `stack` closes it. */
export function connectDiscord(stack: AsyncDisposableStack, input: DiscordInput): Discord {
  const { config, application, overrides } = input;
  const client = createClient({
    apiBase: config.DISCORD_API_BASE,
    messageContent: application.messageContent,
    shards: shardsOf(config),
    identifies: (maxConcurrency) => createIdentifyThrottler(input.redis, maxConcurrency, overrides.identifyMs),
    ...(config.DISCORD_PRESENCE && { presence: firstPresence(speak(config.DISCORD_LANGUAGE)) }),
  });
  if (overrides.restTimeoutMs !== undefined) client.rest.options.timeout = overrides.restTimeoutMs;
  const deafMs = overrides.deafMs ?? config.DISCORD_DEAF_MINUTES * 60_000;
  const watchdog = stack.use(
    watchGateway(client, { deafMs, ...(overrides.resumeMs !== undefined && { resumeMs: overrides.resumeMs }) }),
  );
  stack.defer(() => endClient(client));
  overrides.over?.addEventListener('abort', () => void endClient(client), { once: true });
  if (config.DISCORD_PRESENCE)
    stack.use(
      showHealth(client, () => input.health(), {
        say: speak(config.DISCORD_LANGUAGE),
        everyMs: overrides.presenceMs,
      }),
    );
  const guard = createInvalidRequestGuard();
  paceRest(client.rest, createPacer(), guard);
  return {
    client,
    api: createDiscordApi(client.rest, guard),
    reads: createReads(client),
    watchdog,
    bot: () => client.user?.id ?? application.id,
    ping: () => client.ws.ping,
    // Each vain request would count as an invalid one.
    mayReact: (channel) => mayIn(client, channel, 'Add Reactions') && mayIn(client, channel, 'Read Message History'),
    mayAttach: (channel) => mayIn(client, channel, 'Attach Files'),
    mayEmbed: (channel) => mayIn(client, channel, 'Embed Links'),
    mayReply: (channel) => mayIn(client, channel, 'Read Message History'),
    missingToWrite: (channel) => missingToWrite(client, channel),
  };
}
