import type { Redis } from 'ioredis';
import { errorText } from '#shared/ground/errors.ts';
import { keys } from '#shared/redis/keys.ts';
import { presentWorkers, type Present } from '#shared/queue/presence.ts';
import type { RedisConfig } from '#shared/redis/replication.ts';
import { placeOf, redisNow } from '#shared/redis/connect.ts';
import { connectStack, type Connection } from '../stack.ts';
import { checkFailures, checkUnreadable } from './check-runs.ts';
import { checkSentinels } from './check-sentinels.ts';
import { checkWrites } from './check-writes.ts';
import { broken, ok, warning, type Finding } from './finding.ts';

const oldestRedis = 6.2;

/** Checks Redis, how it keeps what it is given, and whether workers take jobs from it. */
export async function checkRedis(config: RedisConfig): Promise<Finding[]> {
  let connection: Connection;
  try {
    connection = await connectStack(config);
  } catch (error) {
    const mend = 'npm start runs one; or set REDIS_URL to the Redis of a running stack.';
    return [broken('Redis', errorText(error), mend), ...(await checkSentinels(config.REDIS_URL))];
  }
  await using open = connection;
  const info = await open.redis.info('server');
  const version = (/^valkey_version:(\S+)/m.exec(info) ?? /^redis_version:(\S+)/m.exec(info))?.[1] ?? 'unknown';
  const found = [
    Number.parseFloat(version) >= oldestRedis
      ? ok('Redis', `${version} at ${placeOf(open.redis)}`)
      : broken('Redis', `version ${version}`, `Use Redis ${oldestRedis} or newer, or Valkey.`),
  ];
  const sentinels = await checkSentinels(config.REDIS_URL);
  return [
    ...found,
    ...sentinels,
    ...(await checkReplicas(open.redis, config)),
    ...(await checkKeeping(open.redis)),
    await checkWrites(open.redis),
    ...(await checkWorkers(open)),
    ...(await checkUnreadable(open.redis)),
    ...(await checkFailures(open.redis)),
  ];
}

/** Compares the replicas with those that writes wait for. Finds nothing where there are none and none are needed. */
async function checkReplicas(redis: Redis, { REDIS_WAIT_REPLICAS: wanted = 0 }: RedisConfig): Promise<Finding[]> {
  const there = Number(/^connected_slaves:(\d+)/m.exec(await redis.info('replication'))?.[1] ?? 0);
  if (there < wanted) {
    const detail = `${there}, and REDIS_WAIT_REPLICAS is ${wanted}: questions are refused, runs stand still`;
    return [broken('Redis replicas', detail, 'Start the replicas, or lower REDIS_WAIT_REPLICAS.')];
  }
  if (there === 0) return [];
  const waits = wanted === 0 ? 'none is waited for: a failover loses what they lack' : `${wanted} waited for`;
  return [ok('Redis replicas', `${there}; ${waits}`)];
}

async function checkKeeping(redis: Redis): Promise<Finding[]> {
  let settings: Record<string, string>;
  try {
    const [append, sync, policy] = await Promise.all([
      redis.config('GET', 'appendonly'),
      redis.config('GET', 'appendfsync'),
      redis.config('GET', 'maxmemory-policy'),
    ]);
    settings = Object.fromEntries([append, sync, policy].map((pair) => pair as [string, string]));
  } catch {
    const mend = 'Ask whoever runs it: appendonly yes, appendfsync always, maxmemory-policy noeviction.';
    return [warning('Redis keeps', 'its settings may not be read', mend)];
  }
  const found: Finding[] = [];
  if (settings['maxmemory-policy'] !== 'noeviction') {
    const detail = `maxmemory-policy is ${settings['maxmemory-policy']}: jobs may vanish when memory is short`;
    found.push(broken('Redis keeps', detail, 'redis-cli CONFIG SET maxmemory-policy noeviction, and in redis.conf.'));
  }
  if (settings['appendonly'] !== 'yes' || settings['appendfsync'] !== 'always') {
    const detail = `appendonly ${settings['appendonly']}, appendfsync ${settings['appendfsync']}: a crash loses accepted requests`;
    found.push(warning('Redis keeps', detail, 'Set appendonly yes and appendfsync always.'));
  }
  return found.length > 0
    ? found
    : [ok('Redis keeps', 'every write is on disk before it is confirmed; nothing is evicted')];
}

async function checkWorkers({ redis, queues }: Connection): Promise<Finding[]> {
  const present = await presentWorkers(redis);
  const count = present.filter(({ queue }) => queue === 'runs').length;
  const counts = await queues.queue('runs').getJobCounts('waiting', 'prioritized', 'active', 'failed');
  const waiting = (counts['waiting'] ?? 0) + (counts['prioritized'] ?? 0);
  const state = `${waiting} waiting, ${counts['active'] ?? 0} active, ${counts['failed'] ?? 0} failed`;
  const late = await redis.zcount(keys.unqueued, 0, (await redisNow(redis)) - lateMs);
  const found =
    count > 0
      ? ok('workers', `${count}; runs: ${state}`)
      : broken('workers', `none takes runs (${state})`, 'npm start, or start services/worker/main.ts.');
  const door = checkIngress(present, await queues.queue('replies').getJobCounts('waiting', 'prioritized'));
  if (late === 0) return [found, door];
  const mend = 'A worker brings them on their way within seconds; npx dragoman jobs requeue <run> does so at once.';
  return [found, door, warning('runs', `${late} have had no job for more than ${lateMs / 1_000} s`, mend)];
}

/** Whether somebody shows answers in Discord. A stack that is asked by HTTP and terminals alone has nobody. */
function checkIngress(present: Present[], counts: Record<string, number>): Finding {
  const count = present.filter(({ queue }) => queue === 'replies').length;
  if (count > 0) return ok('ingress', `${count}`);
  const waiting = (counts['waiting'] ?? 0) + (counts['prioritized'] ?? 0);
  const mend =
    'npm start, or start services/ingress/main.ts; its log says why it stopped (a refused DISCORD_TOKEN, say).';
  if (waiting === 0) return warning('ingress', 'none: nobody listens in Discord or the playground', mend);
  return broken('ingress', `none, and ${waiting} answers wait to be shown in Discord`, mend);
}

/** Milliseconds within which a sweep must have found a run without its job. */
const lateMs = 30_000;
