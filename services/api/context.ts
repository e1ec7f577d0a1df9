import { openArchive } from '#shared/archive/database.ts';
import { createLookup } from '#shared/archive/lookup.ts';
import type { ServiceContext } from '#shared/process/service.ts';
import { createQueues } from '#shared/queue/queues.ts';
import { checkWrites, connectRedis } from '#shared/redis/connect.ts';
import { createReplication } from '#shared/redis/replication.ts';
import { createKnownKeys } from '#shared/rights/known-keys.ts';
import { watchPolicy } from '#shared/rights/policy.ts';
import { createFollower } from '#shared/run/follower.ts';
import { createRunStore } from '#shared/run/run-store.ts';
import type { Api } from './api.ts';
import type { ApiConfig } from './config.ts';
import { drain } from './drain.ts';
import { createApp } from './http/app.ts';
import { createLimits } from './http/limits.ts';
import { createOpenStreams } from './http/open-streams.ts';
import { openOidc } from './http/oidc.ts';
import { serve } from './http/serve.ts';
import { keylessDoor } from './keyless.ts';
import { openKeysFile } from './keys-file.ts';
import { createModels } from './models/models.ts';

const loopback = new Set(['127.0.0.1', 'localhost', '::1', '[::1]']);

/** Builds the HTTP door, which answers as soon as this resolves. */
export async function createContext(config: ApiConfig): Promise<ServiceContext> {
  await using stack = new AsyncDisposableStack();
  const policy = stack.use(watchPolicy(config.POLICY_FILE));
  const redis = connectRedis(config.REDIS_URL, 'api', { failFast: true });
  stack.defer(() => redis.disconnect());
  const file = stack.use(await openKeysFile(config.DRAGOMAN_API_KEYS_FILE, redis));
  const waiting = connectRedis(config.REDIS_URL, 'api-follower');
  stack.defer(() => waiting.disconnect());
  const queues = stack.use(createQueues(redis));
  const follower = stack.use(createFollower(waiting, config.REDIS_URL));
  const archive = config.ARCHIVE_URL === undefined ? undefined : stack.use(openArchive(config.ARCHIVE_URL));
  const replication = createReplication(redis, config);
  if (replication) stack.use(replication);
  const streams = createOpenStreams(config.API_STREAMS_PER_KEY);
  const oidc = openOidc(config, policy);
  // Whoever names an identity provider wants to know who asks.
  const keyless = oidc === undefined ? await keylessDoor(config, redis, file) : async () => false;
  const api: Api = {
    config,
    redis,
    queues,
    follower,
    policy,
    streams,
    runs: createRunStore({ redis, queues }, replication?.confirm),
    lookup: createLookup({ redis, archive }),
    limits: createLimits(redis, policy, config),
    models: createModels(config, policy),
    ring: {
      redis,
      policy,
      file,
      known: createKnownKeys(),
      oidc,
      keyless,
      hosts: new Set([...loopback, ...config.API_HOSTS]),
    },
  };
  const checks = { redis: () => checkWrites(redis), models: () => api.models.check() };
  const server = stack.use(
    await serve(createApp(api, checks), {
      port: config.API_PORT,
      host: config.API_HOST,
      maxConnections: config.API_MAX_CONNECTIONS,
      requestMs: config.API_REQUEST_TIMEOUT_MS,
    }),
  );
  stack.defer(() => drain(server, streams, config.SHUTDOWN_GRACE_MS));
  const owned = stack.move();
  return {
    checks,
    addresses: { api: `${server.url}/v1` },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
