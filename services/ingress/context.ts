import type { Client } from 'discord.js';
import { hideSecret } from '#shared/process/log.ts';
import type { ServiceContext } from '#shared/process/service.ts';
import { createQueues, createWorker } from '#shared/queue/queues.ts';
import { checkWrites, connectRedis } from '#shared/redis/connect.ts';
import { createReplication } from '#shared/redis/replication.ts';
import { createSubscriber } from '#shared/redis/subscriber.ts';
import { watchPolicy } from '#shared/rights/policy.ts';
import { createFollower } from '#shared/run/follower.ts';
import type { RunRequestInput } from '#shared/run/request.ts';
import { createRunStore } from '#shared/run/run-store.ts';
import type { IngressConfig } from './config.ts';
import { createChannelPace } from './delivery/channel-pace.ts';
import type { DeliveryContext } from './delivery/context.ts';
import { createLeftovers } from './delivery/leftovers.ts';
import { showRun } from './delivery/reply-job.ts';
import { createDeliveryStore } from './delivery/store.ts';
import { interactionLifeMs } from './delivery/ways.ts';
import { connectDiscord, type Discord, type DiscordOverrides } from './discord/connect.ts';
import { displayOf } from './display.ts';
import { questionLost } from './events.ts';
import { listenToGateway, type GatewayContext } from './gateway/listen.ts';
import { catchUpMs } from './messages/catch-up.ts';
import { createQuestionChanges } from './messages/changes.ts';
import { createListener, type ListenerContext } from './messages/listen.ts';
import { watchTaken } from './messages/lost.ts';
import { createMarks } from './messages/marks.ts';
import { createMessageIndex } from './messages/message-index.ts';
import { createQuietChannels } from './messages/quiet.ts';
import { createTell, type Tell } from './messages/tell.ts';
import { budgetWarningAfter } from './request/budget.ts';
import { createFileReaders } from './request/readers.ts';
import { createLanguages, type Languages } from './language/choose.ts';
import { startScheduleRounds, type RoundOptions } from './schedules/rounds.ts';
import type { ScheduleContext } from './schedules/context.ts';
import { createModelState } from './signs/model-state.ts';
import { createQueuePosition } from './signs/queue-position.ts';
import { createReactions } from './signs/reactions.ts';
import { createTyping } from './signs/typing.ts';
import { readApplication, type Application } from './startup/intents.ts';
import { logIn } from './startup/log-in.ts';
import { serveTools } from './tools/serve.ts';
import { createSessions, type SessionContext } from './startup/new-session.ts';

/**
 * Everything that an ingress is made of, under one name each. Each room names in an interface of its own what it takes,
 * and so imports no room above it.
 */
interface Ingress extends Discord, ListenerContext, SessionContext, GatewayContext, ScheduleContext, DeliveryContext {
  languages: Languages;
  application: Application;
  tell: Tell;
  /** These wait while Redis is away; `redis`, `runs` and `deliveries` fail fast. */
  patient: DeliveryContext['patient'] & SessionContext['patient'];
}

export interface IngressContext extends ServiceContext {
  client: Client;
  /** Where the Discord tools are served; undefined where they are not. */
  toolsPort: number | undefined;
}

export interface Overrides extends DiscordOverrides {
  // Times that tests make shorter.
  placeholderMs?: number;
  tokenLifeMs?: number;
  schedules?: RoundOptions;
}

/** Builds an ingress that is logged in and working. */
export async function createContext(config: IngressConfig, overrides: Overrides = {}): Promise<IngressContext> {
  hideSecret(config.DISCORD_TOKEN);
  await using stack = new AsyncDisposableStack();
  const ingress = await createIngress(stack, config, overrides);
  listenToGateway(ingress);
  await logIn(ingress.client, config.DISCORD_TOKEN, overrides.over);
  const tools = await serveTools(ingress);
  if (tools) stack.use(tools);
  stack.use(startScheduleRounds(ingress, overrides.schedules));
  stack.use(await createReplies(ingress, stack.use(createSubscriber(config.REDIS_URL))));
  // The listener is the first to end: questions that come now are left to the next ingress, which catches up with them.
  stack.use(ingress.listener);
  const owned = stack.move();
  return {
    client: ingress.client,
    toolsPort: tools?.port,
    checks: {
      redis: () => checkWrites(ingress.redis),
      discord: async () => ingress.watchdog.check(),
    },
    ended: ingress.watchdog.ended,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Builds everything in the order of dependence. `stack` closes it in reverse. */
async function createIngress(
  stack: AsyncDisposableStack,
  config: IngressConfig,
  overrides: Overrides,
): Promise<Ingress> {
  const application = await readApplication(config.DISCORD_API_BASE, config.DISCORD_TOKEN, overrides.over);
  const policy = stack.use(watchPolicy(config.POLICY_FILE));
  const stored = openStored(stack, config);
  const { redis, queues, patient } = stored;
  const discord = connectDiscord(stack, { config, application, redis, health: () => redis.ping(), overrides });
  const { api, reads } = discord;
  const signs = {
    typing: stack.use(createTyping(api)),
    reactions: createReactions(api, (channel) => config.DISCORD_REACTIONS && discord.mayReact(channel)),
    queue: createQueuePosition(redis, queues),
    model: createModelState(),
  };
  const languages = createLanguages({ client: discord.client, redis, fallback: config.DISCORD_LANGUAGE });
  const tell = createTell(api, languages);
  const lost = whenLost(tell);
  const quiet = createQuietChannels();
  const readers = stack.use(createFileReaders(config));
  const below = { config, readers, application, policy, ...stored, ...discord, ...signs, languages, tell, lost, quiet };
  const door = {
    ...below,
    runs: watchTaken(stored.runs, redis, lost),
    index: createMessageIndex(redis),
    marks: stack.use(createMarks(patient.redis, { maxAgeMs: catchUpMs(config) })),
  };
  const withListener = { ...door, listener: createListener(door) };
  return {
    ...withListener,
    changes: createQuestionChanges(withListener),
    sessions: stack.use(createSessions(withListener)),
    follower: stack.use(createFollower(patient.redis, config.REDIS_URL)),
    pace: createChannelPace(),
    placeholderMs: overrides.placeholderMs ?? 4_000,
    tokenLifeMs: overrides.tokenLifeMs ?? interactionLifeMs,
    leftovers: createLeftovers({ ...below, ...stored.patient }),
    toldAtEnd: (request) => budgetWarningAfter({ redis: patient.redis, policy }, request),
    display: (channel) => displayOf(config, channel, reads.parentOf(channel)),
  };
}

/** Opens Redis and the stores in it. What people wait for fails fast when Redis is away, so that they are told. */
function openStored(stack: AsyncDisposableStack, config: IngressConfig) {
  const waiting = connectRedis(config.REDIS_URL, 'ingress');
  stack.defer(() => waiting.disconnect());
  const redis = connectRedis(config.REDIS_URL, 'ingress-door', { failFast: true });
  stack.defer(() => redis.disconnect());
  const queues = stack.use(createQueues(redis));
  const replication = createReplication(redis, config);
  if (replication) stack.use(replication);
  return {
    redis,
    queues,
    runs: createRunStore({ redis, queues }, replication?.confirm),
    deliveries: createDeliveryStore(redis),
    patient: {
      redis: waiting,
      runs: createRunStore({ redis: waiting, queues }),
      deliveries: createDeliveryStore(waiting),
    },
  };
}

/** Handles a question that a failover of Redis has lost. */
function whenLost(tell: Tell) {
  return async ({ id, discord, caller }: Pick<RunRequestInput, 'id' | 'discord' | 'caller'>): Promise<void> => {
    questionLost({ run: id });
    if (discord) await tell.lost(id, { ...discord, author: { id: caller.id } }, discord.message);
  };
}

/** Works the queue `replies`: each job shows one run. */
function createReplies(ingress: Ingress, subscriber: ReturnType<typeof createSubscriber>): Promise<AsyncDisposable> {
  const { config } = ingress;
  return createWorker(
    'replies',
    { reply: ({ runId }, { signal }) => showRun(ingress, runId, signal) },
    {
      redis: ingress.patient.redis,
      subscriber,
      concurrency: config.REPLIES_CONCURRENCY,
      graceMs: config.SHUTDOWN_GRACE_MS,
    },
  );
}
