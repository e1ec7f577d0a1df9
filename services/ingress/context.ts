import type { Client } from 'discord.js';
import { createFollower } from '#shared/run/follower.ts';
import { hideSecret } from '#shared/process/log.ts';
import { watchPolicy } from '#shared/rights/policy.ts';
import { createQueues, createWorker } from '#shared/queue/queues.ts';
import { checkWrites, connectRedis } from '#shared/redis/connect.ts';
import { createReplication } from '#shared/redis/replication.ts';
import { createRunStore } from '#shared/run/run-store.ts';
import type { RunRequestInput } from '#shared/run/request.ts';
import type { ServiceContext } from '#shared/process/service.ts';
import { createSubscriber } from '#shared/redis/subscriber.ts';
import type { IngressConfig } from './config.ts';
import { createChannelPace } from './delivery/channel-pace.ts';
import { showRun } from './delivery/reply-job.ts';
import type { ReplyParts } from './delivery/reply-parts.ts';
import { createDeliveryStore } from './delivery/store.ts';
import { createDiscordApi } from './discord/api.ts';
import { createClient } from './discord/client.ts';
import { listenToGateway } from './discord/gateway.ts';
import { createInvalidRequestGuard } from './discord/invalid-requests.ts';
import { paceRest } from './discord/paced-rest.ts';
import { createPacer } from './discord/pacer.ts';
import { mayAttach, mayReact, missingToWrite } from './discord/permissions.ts';
import { firstPresence, showHealth } from './discord/show-health.ts';
import { createReads } from './discord/reads.ts';
import { endClient } from './discord/sockets.ts';
import { watchGateway } from './discord/watchdog.ts';
import { displayOf } from './display.ts';
import type { InteractionParts } from './interactions/parts.ts';
import { route } from './interactions/router.ts';
import { createQuestionChanges } from './messages/changes.ts';
import type { DoorParts } from './messages/door.ts';
import { createListener } from './messages/listen.ts';
import { createMarks } from './messages/marks.ts';
import { createMessageIndex } from './messages/message-index.ts';
import { questionLost } from './events.ts';
import { watchTaken } from './messages/lost.ts';
import { createTell } from './messages/tell.ts';
import { createModelState } from './signs/model-state.ts';
import { createQueuePosition } from './signs/queue-position.ts';
import { createReactions } from './signs/reactions.ts';
import { createTyping } from './signs/typing.ts';
import { readApplication } from './startup/intents.ts';
import { logIn } from './startup/log-in.ts';
import { createSessions } from './startup/new-session.ts';

export interface IngressContext extends ServiceContext {
  client: Client;
}

/** What tests have shorter. */
export interface Overrides {
  placeholderMs?: number;
  /** Milliseconds that Discord has for an answer. */
  restTimeoutMs?: number;
  /** Milliseconds without a word from Discord after which it is given up. */
  deafMs?: number;
  /** Milliseconds between two looks at what the presence shows. */
  presenceMs?: number;
}

/** Everything that an ingress is made of, logged in and working. */
export async function createContext(config: IngressConfig, overrides: Overrides = {}): Promise<IngressContext> {
  hideSecret(config.DISCORD_TOKEN);
  await using stack = new AsyncDisposableStack();
  const application = await readApplication(config.DISCORD_API_BASE, config.DISCORD_TOKEN);
  const redis = connectRedis(config.REDIS_URL, 'ingress');
  stack.defer(() => redis.disconnect());
  // What people wait for fails fast when Redis is away, so that they are told.
  const doorRedis = connectRedis(config.REDIS_URL, 'ingress-door', { failFast: true });
  stack.defer(() => doorRedis.disconnect());
  const subscriber = stack.use(createSubscriber(config.REDIS_URL));
  const queues = stack.use(createQueues(doorRedis));
  const replication = createReplication(doorRedis, config);
  if (replication) stack.use(replication);
  const policy = stack.use(watchPolicy(config.POLICY_FILE));
  const client = createClient({
    apiBase: config.DISCORD_API_BASE,
    messageContent: application.messageContent,
    ...(config.DISCORD_PRESENCE && { presence: firstPresence }),
  });
  if (overrides.restTimeoutMs !== undefined) client.rest.options.timeout = overrides.restTimeoutMs;
  const watchdog = stack.use(
    watchGateway(client, { deafMs: overrides.deafMs ?? config.DISCORD_DEAF_MINUTES * 60_000 }),
  );
  stack.defer(() => endClient(client));
  if (config.DISCORD_PRESENCE) stack.use(showHealth(client, () => doorRedis.ping(), overrides.presenceMs));
  paceRest(client.rest, createPacer());
  const api = createDiscordApi(client.rest, createInvalidRequestGuard());
  const reads = createReads(client);
  const typing = stack.use(createTyping(api));
  const reactions = createReactions(api, (channel) => config.DISCORD_REACTIONS && mayReact(client, channel));
  const marks = stack.use(createMarks(redis, { maxAgeMs: config.DISCORD_CATCH_UP_MINUTES * 60_000 }));
  const tell = createTell(api);
  const lost = async ({ id, discord }: Pick<RunRequestInput, 'id' | 'discord'>): Promise<void> => {
    questionLost({ run: id });
    if (discord) await tell.lost(id, discord.channel, discord.message);
  };
  const runs = watchTaken(createRunStore({ redis: doorRedis, queues }, replication?.confirm), doorRedis, lost);
  const queue = createQueuePosition(doorRedis, queues);
  const model = createModelState();
  const index = createMessageIndex(doorRedis);
  const bot = () => client.user?.id ?? application.id;
  const door: DoorParts = {
    redis: doorRedis,
    runs,
    store: createDeliveryStore(doorRedis),
    index,
    typing,
    reactions,
    tell,
    maxPending: config.DISCORD_MAX_PENDING,
    build: {
      api,
      bot: application.id,
      limit: config.DISCORD_CONTEXT_MESSAGES,
      botRole: (guild) => reads.botRole(guild),
      attachments: {
        hosts: cdnHosts(config.DISCORD_API_BASE),
        maxImages: config.DISCORD_MAX_IMAGES,
        maxTextChars: config.DISCORD_MAX_TEXT_CHARS,
      },
    },
  };
  const toWrite = (channel: string) => missingToWrite(client, channel);
  const listener = createListener({
    gates: config,
    burstMs: config.DISCORD_BURST_MS,
    typing,
    marks,
    bot,
    missingToWrite: toWrite,
    fetchRoles: (message) => reads.fetchRoles(message.guild, message.author.id),
    door,
  });
  const interactions: InteractionParts = {
    ...reads,
    config,
    redis: doorRedis,
    queues,
    runs,
    api,
    store: door.store,
    door,
    listener,
    index,
    policy,
    bot,
    readsContent: () => application.messageContent,
    missingToWrite: toWrite,
    queue,
    model,
    ping: () => client.ws.ping,
  };
  const sessions = stack.use(
    createSessions({
      client,
      api,
      redis,
      marks,
      listener,
      application: application.id,
      maxAgeMs: config.DISCORD_CATCH_UP_MINUTES * 60_000,
    }),
  );
  listenToGateway(client, {
    listener,
    changes: createQuestionChanges({ listener, index, runs }),
    interaction: (interaction) => route(interactions, interaction),
    sessions,
  });
  await logIn(client, config.DISCORD_TOKEN);
  const replies: ReplyParts = {
    runs: createRunStore({ redis, queues }),
    follower: stack.use(createFollower(redis, config.REDIS_URL)),
    api,
    pace: createChannelPace(),
    typing,
    reactions,
    store: createDeliveryStore(redis),
    queue,
    model,
    placeholderMs: overrides.placeholderMs ?? 4_000,
    secrets: [config.DISCORD_TOKEN],
    bot,
    display: (channel) => displayOf(config, channel, reads.parentOf(channel)),
    mayAttach: (channel) => mayAttach(client, channel),
    lost,
    cannotWrite: (request, why) => tell.cannotWrite(request.discord?.channel ?? '', request.caller.id, why),
  };
  stack.use(
    await createWorker(
      'replies',
      { reply: ({ runId }, { signal }) => showRun(replies, runId, signal) },
      {
        redisUrl: config.REDIS_URL,
        subscriber,
        concurrency: config.REPLIES_CONCURRENCY,
        graceMs: config.SHUTDOWN_GRACE_MS,
      },
    ),
  );
  // The first to end: questions that come now are left to the next ingress, which catches up with them.
  stack.use(listener);
  const owned = stack.move();
  return {
    client,
    checks: {
      redis: () => checkWrites(doorRedis),
      discord: async () => watchdog.check(),
    },
    ended: watchdog.ended,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Hosts that attachments are downloaded from: Discord's, or the one that plays Discord. */
function cdnHosts(apiBase: string): string[] {
  const { host, hostname } = new URL(apiBase);
  const own = /(?:^|\.)discord\.com$/.test(hostname) ? [] : [host];
  return ['cdn.discordapp.com', 'media.discordapp.net', ...own];
}
