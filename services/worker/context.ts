import type { Redis } from 'ioredis';
import { openArchive, type ArchiveDatabase } from '#shared/archive/database.ts';
import { errorText } from '#shared/ground/errors.ts';
import { watchPolicy, type PolicySource } from '#shared/rights/policy.ts';
import { memoryLimits } from '#shared/memory/variables.ts';
import { createQueues, createWorker, watchQueueDepths } from '#shared/queue/queues.ts';
import { watchRedisMemory } from '#shared/redis/memory.ts';
import { checkWrites, connectRedis } from '#shared/redis/connect.ts';
import { createReplication } from '#shared/redis/replication.ts';
import { createReconciler } from '#shared/run/reconcile.ts';
import { createRunStore, type RunStore } from '#shared/run/run-store.ts';
import type { ServiceContext } from '#shared/process/service.ts';
import { createSubscriber } from '#shared/redis/subscriber.ts';
import { createSigner } from '#shared/rights/tokens.ts';
import type { WorkerConfig } from './config.ts';
import { taskFailed } from './events.ts';
import { createGateway } from './gateway/create-gateway.ts';
import { modelConfigured } from './gateway/events.ts';
import type { ModelGateway } from './gateway/gateway.ts';
import { archiveRound, archiveSettings, leaveInNeed } from './housekeeping/archive.ts';
import { clean, leaveForGood, relieve, retentionOf } from './housekeeping/clean.ts';
import { forgetPeople } from './housekeeping/forget/forget-people.ts';
import { indexRound } from './housekeeping/indexes.ts';
import { startRounds, type Task } from './housekeeping/rounds.ts';
import { showModels } from './housekeeping/show-models.ts';
import { sweep } from './housekeeping/sweep.ts';
import { handleRun } from './jobs/run.ts';
import { createStops } from './loop/stops.ts';
import { watchPrompts } from './prompts/prompts.ts';
import { createAttachedTables, type AttachedTables } from './tools/builtin/attachments/attached-tables.ts';
import { createBuiltins } from './tools/builtin/builtins.ts';
import { createEmbed } from './tools/builtin/memory/embed.ts';
import { createToolbox } from './tools/create-toolbox.ts';
import { showCatalogue } from './tools/show-catalogue.ts';
import type { Toolbox } from './tools/toolbox.ts';

/** What tests put in place of the real thing. */
export interface WorkerOverrides {
  gateway?: ModelGateway;
  toolbox?: Toolbox;
  /** Milliseconds between two rounds of cleaning. */
  cleanMs?: number;
}

/** Builds everything that a worker consists of; it takes jobs as soon as this resolves. */
export async function createContext(config: WorkerConfig, overrides: WorkerOverrides = {}): Promise<ServiceContext> {
  await using building = new AsyncDisposableStack();
  const prompts = building.use(watchPrompts(config));
  const redis = connectRedis(config.REDIS_URL, 'worker');
  building.defer(() => redis.disconnect());
  const queues = building.use(createQueues(redis));
  const gateway = building.use(overrides.gateway ?? createGateway(config));
  modelConfigured(config.MODEL_NAME);
  // Asked early, so that no question waits for the gateway's list of models.
  void gateway.familyOf(config.MODEL_NAME);
  const policy = building.use(watchPolicy(config.POLICY_FILE));
  const signer = createSigner(config.DRAGOMAN_SIGNING_KEY);
  const tables = building.use(createAttachedTables(redis));
  const toolbox = building.use(
    overrides.toolbox ?? createToolbox({ config, policy, signer, builtins: ownTools(config, redis, policy, tables) }),
  );
  const subscriber = building.use(createSubscriber(config.REDIS_URL));
  const stops = building.use(await createStops(subscriber, redis));
  const replication = createReplication(redis, config);
  if (replication) building.use(replication);
  const runs = createRunStore({ redis, queues }, replication?.confirmPatiently);
  const parts = { config, redis, runs, gateway, toolbox, policy, prompts, stops };
  watchQueueDepths(queues);
  watchRedisMemory(redis);
  const archive = config.ARCHIVE_URL === undefined ? undefined : building.use(openArchive(config.ARCHIVE_URL));
  // Not awaited: a worker answers without its archive, too.
  void archive?.prepare().catch((error: unknown) => taskFailed('archive', errorText(error)));
  building.use(
    await startRounds(redis, subscriber, housekeeping({ config, redis, runs, archive, toolbox, policy }, overrides)),
  );
  // Built last, so that it is the first to be disposed: no job is taken any more while the rest goes away.
  building.use(
    await createWorker(
      'runs',
      { run: (payload, job) => handleRun(parts, payload, job) },
      {
        redis,
        subscriber,
        concurrency: config.WORKER_CONCURRENCY,
        graceMs: config.SHUTDOWN_GRACE_MS,
      },
    ),
  );
  const built = building.move();
  return {
    checks: {
      redis: () => checkWrites(redis),
      model: () => gateway.check(),
    },
    [Symbol.asyncDispose]: () => built.disposeAsync(),
  };
}

/** The worker's own tools, with the memories that they keep in Redis. */
function ownTools(config: WorkerConfig, redis: Redis, policy: PolicySource, tables: AttachedTables) {
  return createBuiltins({ redis, policy, limits: memoryLimits(config), embed: createEmbed(config) }, tables);
}

interface Kept {
  config: WorkerConfig;
  redis: Redis;
  runs: RunStore;
  archive: ArchiveDatabase | undefined;
  toolbox: Toolbox;
  policy: PolicySource;
}

/** What the workers do besides their runs, one of them at a time. */
function housekeeping(
  { config, redis, runs, archive, toolbox, policy }: Kept,
  { cleanMs = 60_000 }: WorkerOverrides,
): Task[] {
  const retention = retentionOf(config);
  const signingKey = config.DRAGOMAN_SIGNING_KEY;
  const reconciler = createReconciler(runs);
  const leave = archive ? leaveInNeed(redis, archive) : leaveForGood(redis);
  const tasks: Task[] = [
    { name: 'sweep', everyMs: 2_000, run: () => sweep(runs, reconciler) },
    { name: 'relieve', everyMs: 2_000, run: () => relieve(redis, retention, leave) },
    { name: 'index', everyMs: 5_000, run: () => indexRound(redis) },
    { name: 'catalogue', everyMs: 10_000, run: () => showCatalogue(redis, toolbox, policy) },
    { name: 'forget', everyMs: 1_000, run: () => forgetPeople({ redis, runs, archive, toolbox }) },
    { name: 'models', everyMs: 15_000, run: () => showModels(redis, config) },
    {
      name: 'clean',
      everyMs: cleanMs,
      run: () => clean(redis, runs.queues, retention, { signingKey, archives: archive !== undefined }),
    },
  ];
  if (archive) {
    const settings = { ...archiveSettings(config), signingKey };
    tasks.push({ name: 'archive', everyMs: cleanMs, run: () => archiveRound(redis, archive, retention, settings) });
  }
  return tasks;
}
