import { Client, GatewayIntentBits, Options, Partials, REST, type PresenceData, type RESTOptions } from 'discord.js';
import { guardPackets } from './guard-packets.ts';
import type { IdentifyThrottler } from './identify.ts';
import type { Shards } from '../shards.ts';

/** Privileged intents are switched on in the developer portal; the others need nothing. */
const intents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages] as const;

export interface ClientInput {
  apiBase: string;
  /** Whether the application has the message content intent. */
  messageContent: boolean;
  /** The presence with which each session begins. */
  presence?: PresenceData;
  shards: Shards;
  /** Makes what shards ask before they identify; `maxConcurrency` is Discord's. */
  identifies(maxConcurrency: number): IdentifyThrottler;
}

/** The settings of all requests. Unsure outcomes are ours to handle: the REST client's repeats would post twice. */
export function restOptions(apiBase: string): Partial<RESTOptions> {
  return { api: apiBase.replace(/\/$/, ''), version: '10', retries: 0, timeout: 15_000, offset: 100 };
}

/** A REST client that needs no gateway, for what is asked before logging in. */
export function createRest(apiBase: string, token: string): REST {
  return new REST(restOptions(apiBase)).setToken(token);
}

/** The library's client. Its caches are small, because what counts is in Redis or asked of Discord. */
export function createClient(input: ClientInput): Client {
  const client = new Client({
    intents: input.messageContent ? [...intents, GatewayIntentBits.MessageContent] : [...intents],
    partials: [Partials.Channel, Partials.Message],
    rest: restOptions(input.apiBase),
    allowedMentions: { parse: [], repliedUser: false },
    waitGuildTimeout: 5_000,
    ...(input.shards === 'auto'
      ? { shards: 'auto' as const }
      : { shards: input.shards.ids, shardCount: input.shards.count }),
    ws: {
      buildIdentifyThrottler: async (manager) => {
        const { session_start_limit: limit } = await manager.fetchGatewayInformation();
        return input.identifies(limit.max_concurrency);
      },
    },
    ...(input.presence && { presence: input.presence }),
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 50,
      ReactionManager: 0,
      PresenceManager: 0,
      GuildStickerManager: 0,
      GuildEmojiManager: 0,
      StageInstanceManager: 0,
      VoiceStateManager: 0,
      UserManager: 10_000,
      GuildMemberManager: { maxSize: 5_000, keepOverLimit: (member) => member.id === member.client.user.id },
    }),
  });
  guardPackets(client);
  return client;
}
