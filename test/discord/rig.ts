import type { Redis } from 'ioredis';
import { loadConfig } from '#shared/ground/config.ts';
import { configureLogging } from '#shared/process/log.ts';
import { createQueues, type Queues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { listRecent } from '#shared/run/list.ts';
import { discordRunId, type RunRequest } from '#shared/run/request.ts';
import { config } from '#services/ingress/config.ts';
import { createContext, type IngressContext, type Overrides } from '#services/ingress/context.ts';
import type { PlaygroundOptions } from '#services/playground/options.ts';
import { startPlayground, type Playground } from '#services/playground/start.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import { playWorker, until, type PlayedRun } from './played-worker.ts';

export interface RigOptions {
  playground?: PlaygroundOptions;
  environment?: Record<string, string>;
  overrides?: Overrides;
  /** With an append-only file (`appendfsync always`). */
  durableRedis?: boolean;
  /** When false, the test itself starts the ingress. */
  start?: boolean;
  /** Fills the playground's world before the ingress logs in. Returns variables that need its ids. */
  prepare?: (playground: Playground) => Record<string, string>;
}

/** The real ingress with discord.js, logged in to a playground, and a worker that the test plays. */
export interface Rig extends AsyncDisposable {
  playground: Playground;
  controls: Playground['controls'];
  server: TestRedis;
  redis: Redis;
  queues: Queues;
  /** Starts an ingress (again). */
  start(environment?: Record<string, string>): Promise<IngressContext>;
  /** Ends the ingress as SIGTERM does. */
  stop(): Promise<void>;
  say: Playground['controls']['say'];
  /** Sends a person's message that mentions the bot. */
  ask(text: string, options?: { channel?: string; author?: string; replyTo?: string }): { id: string };
  /** Waits for the run of that message or interaction, and takes it as a worker does. */
  work(messageId: string): Promise<PlayedRun>;
  /** Requests of all runs, oldest first. */
  requests(): Promise<RunRequest[]>;
}

export async function startRig(options: RigOptions = {}): Promise<Rig> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startTestRedis({ durable: options.durableRedis ?? false }));
  const playground = stack.use(await startPlayground(options.playground));
  const prepared = options.prepare?.(playground) ?? {};
  const redis = connectRedis(server.url, 'test');
  stack.defer(() => redis.disconnect());
  const queues = stack.use(createQueues(redis));
  let ingress: IngressContext | undefined;
  configureLogging('ingress', process.env['LOG_LEVEL'] ?? 'fatal');

  async function start(environment: Record<string, string> = {}): Promise<IngressContext> {
    ingress = await createContext(
      loadConfig(config, {
        REDIS_URL: server.url,
        DISCORD_TOKEN: playground.token,
        DISCORD_API_BASE: playground.url,
        DISCORD_BURST_MS: '30',
        SHUTDOWN_GRACE_MS: '0',
        ...options.environment,
        ...prepared,
        ...environment,
      }),
      // Without rate limits the playground lets sessions begin at any time.
      { ...(options.playground?.rateLimits === false && { identifyMs: 0 }), ...options.overrides },
    );
    return ingress;
  }
  async function stop(): Promise<void> {
    const running = ingress;
    ingress = undefined;
    await running?.[Symbol.asyncDispose]();
  }
  stack.defer(stop);
  if (options.start !== false) await start();
  if (options.start !== false) await until('commands are registered', () => registered(playground));
  const owned = stack.move();
  return {
    playground,
    controls: playground.controls,
    say: (saying) => playground.controls.say(saying),
    server,
    redis,
    queues,
    start,
    stop,
    ask: (text, { channel = 'general', author = 'Ada', replyTo } = {}) =>
      playground.controls.say({
        channel,
        author,
        content: `<@${playground.botId}> ${text}`,
        ...(replyTo !== undefined && { replyTo }),
      }),
    work: (messageId) => playWorker(redis, queues, discordRunId(messageId)),
    async requests() {
      const { rows: records } = await listRecent(redis, { limit: 1_000 });
      return records.toReversed().map(({ request }) => request);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function registered({ controls }: Playground): boolean {
  return controls.requests().some(({ method, path }) => method === 'PUT' && path.endsWith('/commands'));
}

export { until };
