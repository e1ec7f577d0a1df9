import { watchPolicy } from '#shared/policy.ts';
import { createQueues, createWorker, watchQueueDepths } from '#shared/queues.ts';
import { watchRedisMemory } from '#shared/redis-memory.ts';
import { connectRedis } from '#shared/redis.ts';
import { resumeRun } from '#shared/runs.ts';
import type { ServiceContext } from '#shared/service.ts';
import { createSigner } from '#shared/tokens.ts';
import type { WorkerConfig } from './config.ts';
import { createGateway } from './gateway/create-gateway.ts';
import { modelConfigured } from './gateway/events.ts';
import type { ModelGateway } from './gateway/gateway.ts';
import { handleClean, retentionOf } from './jobs/clean.ts';
import { handleRun } from './jobs/run.ts';
import { handleSweep } from './jobs/sweep.ts';
import { createStops } from './loop/stops.ts';
import { loadSystemPrompt } from './prompt.ts';
import { createToolbox } from './tools/create-toolbox.ts';
import type { Toolbox } from './tools/toolbox.ts';

/** What tests put in the place of the real thing. */
export interface WorkerOverrides {
  gateway?: ModelGateway;
  toolbox?: Toolbox;
}

/** Everything that a worker consists of, taking jobs as soon as this resolves. */
export async function createContext(config: WorkerConfig, overrides: WorkerOverrides = {}): Promise<ServiceContext> {
  await using building = new AsyncDisposableStack();
  const systemPrompt = loadSystemPrompt(config);
  const redis = connectRedis(config.REDIS_URL, 'worker');
  building.defer(() => redis.disconnect());
  const queues = building.use(createQueues(redis));
  const gateway = building.use(overrides.gateway ?? createGateway(config));
  modelConfigured(config.MODEL_NAME);
  const policy = building.use(watchPolicy(config.POLICY_FILE));
  const signer = createSigner(config.DRAGOMAN_SIGNING_KEY);
  const toolbox = building.use(overrides.toolbox ?? createToolbox({ config, policy, signer }));
  const stops = building.use(await createStops(config.REDIS_URL, (runId) => resumeRun(redis, queues, runId)));
  const parts = { config, redis, queues, gateway, toolbox, systemPrompt, stops };
  watchQueueDepths(queues);
  watchRedisMemory(redis);
  await queues.schedule();
  building.use(
    await createWorker(
      'housekeeping',
      {
        sweep: () => handleSweep(redis, queues),
        clean: () => handleClean(redis, queues, retentionOf(config), config.DRAGOMAN_SIGNING_KEY),
      },
      { redisUrl: config.REDIS_URL, concurrency: 1 },
    ),
  );
  // Last, so that it is the first to be disposed: no job is taken any more while the rest goes away.
  building.use(
    await createWorker(
      'runs',
      { run: (payload, job) => handleRun(parts, payload, job) },
      { redisUrl: config.REDIS_URL, concurrency: config.WORKER_CONCURRENCY, graceMs: config.SHUTDOWN_GRACE_MS },
    ),
  );
  const built = building.move();
  return {
    checks: {
      redis: async () => void (await redis.ping()),
      model: () => gateway.check(),
    },
    [Symbol.asyncDispose]: () => built.disposeAsync(),
  };
}
