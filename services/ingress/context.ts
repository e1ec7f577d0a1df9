import { Events, type Client } from 'discord.js';
import { createFollower } from '#shared/follower.ts';
import { hideSecret } from '#shared/log.ts';
import { createQueues, createWorker } from '#shared/queues.ts';
import { connectRedis } from '#shared/redis.ts';
import type { ServiceContext } from '#shared/service.ts';
import type { IngressConfig } from './config.ts';
import { createChannelPace } from './delivery/channel-pace.ts';
import { showRun } from './delivery/reply-job.ts';
import type { ReplyParts } from './delivery/reply-parts.ts';
import { createDeliveryStore } from './delivery/store.ts';
import { createDiscordApi } from './discord/api.ts';
import { createClient } from './discord/client.ts';
import { createPacer } from './discord/pacer.ts';
import { missingToWrite } from './discord/permissions.ts';
import { displayOf } from './display.ts';
import { incomingMessage } from './messages/incoming.ts';
import { createListener, type Listener } from './messages/listen.ts';
import { createMarks } from './messages/marks.ts';
import { createTell } from './messages/tell.ts';
import { createQueuePosition } from './signs/queue-position.ts';
import { createReactions } from './signs/reactions.ts';
import { createTyping } from './signs/typing.ts';

export interface IngressContext extends ServiceContext {
  client: Client;
}

/** Everything that an ingress is made of, logged in and working. */
export async function createContext(config: IngressConfig): Promise<IngressContext> {
  hideSecret(config.DISCORD_TOKEN);
  await using stack = new AsyncDisposableStack();
  const redis = connectRedis(config.REDIS_URL, 'ingress');
  stack.defer(() => redis.disconnect());
  const doorRedis = connectRedis(config.REDIS_URL, 'ingress-door', { failFast: true });
  stack.defer(() => doorRedis.disconnect());
  const queues = stack.use(createQueues(doorRedis));
  const client = createClient({ apiBase: config.DISCORD_API_BASE, messageContent: true });
  stack.defer(() => client.destroy());
  const api = createDiscordApi(client.rest, createPacer());
  const typing = stack.use(createTyping(api));
  const reactions = createReactions(api, config.DISCORD_REACTIONS);
  const marks = stack.use(createMarks(redis));
  const store = createDeliveryStore(redis);
  const tell = createTell(api);
  const bot = () => client.user?.id ?? '';
  const listener = stack.use(
    createListener({
      gates: config,
      burstMs: config.DISCORD_BURST_MS,
      typing,
      marks,
      bot,
      missingToWrite: (channel) => missingToWrite(client, channel),
      fetchRoles: async () => [],
      door: {
        redis: doorRedis,
        queues,
        store: createDeliveryStore(doorRedis),
        typing,
        reactions,
        tell,
        maxPending: config.DISCORD_MAX_PENDING,
        build: {
          api,
          get bot() {
            return bot();
          },
          limit: config.DISCORD_CONTEXT_MESSAGES,
          botRole: (guild) => (guild ? client.guilds.cache.get(guild)?.members.me?.roles.botRole?.id : undefined),
          attachments: {
            hosts: cdnHosts(config.DISCORD_API_BASE),
            maxImages: config.DISCORD_MAX_IMAGES,
            maxTextChars: config.DISCORD_MAX_TEXT_CHARS,
          },
        },
      },
    }),
  );
  listen(client, listener, bot);
  await client.login(config.DISCORD_TOKEN);
  const replies: ReplyParts = {
    redis,
    follower: stack.use(createFollower(redis, config.REDIS_URL)),
    api,
    pace: createChannelPace(),
    typing,
    reactions,
    store,
    queue: createQueuePosition(redis, queues),
    secrets: [config.DISCORD_TOKEN],
    bot,
    display: (channel) => displayOf(config, channel, parentOf(client, channel)),
    cannotWrite: (request, why) => tell.cannotWrite(request.discord?.channel ?? '', request.caller.id, why),
  };
  stack.use(
    createWorker(
      'replies',
      { reply: ({ runId }, { signal }) => showRun(replies, runId, signal) },
      { redisUrl: config.REDIS_URL, concurrency: config.REPLIES_CONCURRENCY, graceMs: config.SHUTDOWN_GRACE_MS },
    ),
  );
  const owned = stack.move();
  return {
    client,
    checks: {
      redis: async () => void (await doorRedis.ping()),
      discord: async () => {
        if (!client.isReady()) throw new Error('the gateway is not connected');
      },
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The listener returns at once: whatever a message leads to happens elsewhere. */
function listen(client: Client, listener: Listener, bot: () => string): void {
  client.on(Events.MessageCreate, (message) => listener.take(incomingMessage(message, bot())));
}

function parentOf(client: Client, channelId: string): string | undefined {
  const channel = client.channels.cache.get(channelId);
  return channel?.isThread() ? (channel.parentId ?? undefined) : undefined;
}

/** Hosts that attachments are downloaded from: Discord's, or the one that plays Discord. */
function cdnHosts(apiBase: string): string[] {
  const { host, hostname } = new URL(apiBase);
  const own = /(?:^|\.)discord\.com$/.test(hostname) ? [] : [host];
  return ['cdn.discordapp.com', 'media.discordapp.net', ...own];
}
