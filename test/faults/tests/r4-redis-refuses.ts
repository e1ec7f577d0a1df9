import type { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectRedis } from '#shared/redis/connect.ts';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';

/**
 * Redis takes no writes (full, read-only), is slow, or answers everybody that it is busy with somebody's script. The door refuses clearly, and what was accepted goes on
 * afterwards.
 */
export const redisRefuses: FaultTest = {
  name: 'R4',
  title: 'Redis full, read-only, slow, busy',
  full: 32,
  quick: 4,
  run,
};

interface Trouble {
  name: 'full' | 'read-only' | 'slow' | 'busy';
  ms: number;
  begin(redis: Redis): Promise<unknown>;
  end(redis: Redis): Promise<unknown>;
}

const troubles: Trouble[] = [
  {
    name: 'full',
    ms: 4_000,
    begin: (redis) => redis.config('SET', 'maxmemory', '1'),
    end: (redis) => redis.config('SET', 'maxmemory', '0'),
  },
  {
    name: 'read-only',
    // A client that gets this error connects anew and tries again, for 5 s each time, before the door refuses.
    ms: 14_000,
    begin: (redis) => redis.call('REPLICAOF', '127.0.0.1', '1'),
    end: (redis) => redis.call('REPLICAOF', 'NO', 'ONE'),
  },
  {
    name: 'slow',
    ms: 4_000,
    begin: (redis) => redis.call('CLIENT', 'PAUSE', '2000', 'ALL'),
    end: async () => undefined,
  },
  {
    name: 'busy',
    ms: 4_000,
    async begin(redis) {
      await redis.config('SET', 'busy-reply-threshold', '100');
      // Not awaited: it runs until it is killed.
      redis.eval('while true do end', 0).catch(() => undefined);
    },
    async end(redis) {
      const other = redis.duplicate({ enableReadyCheck: false, disableClientInfo: true });
      await other.call('SCRIPT', 'KILL');
      // This script is the only slow command that is wanted.
      await other.call('SLOWLOG', 'RESET');
      other.disconnect();
    },
  },
];
const askedMeanwhile = 4;

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using rig = await startRig({ workers: 2 });
  const redis = connectRedis(rig.redisUrl, 'trouble');
  await using _ = { [Symbol.asyncDispose]: async () => redis.disconnect() };
  const plans = mixedPlans(drawOf(seed + 1));
  const load = startLoad(rig, 20, plans);
  const hits: Record<string, number> = { full: 0, 'read-only': 0, slow: 0, busy: 0 };
  for (let at = 0; at < size; at += 1) {
    const trouble = troubles[at % troubles.length];
    if (!trouble) continue;
    await sleep(500 + draw() * 1_000);
    const refused = refusedCount(rig);
    await trouble.begin(redis);
    for (let count = 0; count < askedMeanwhile; count += 1) await rig.ask(plans());
    await sleep(trouble.ms);
    await trouble.end(redis);
    // The door tries twice before it refuses.
    await sleep(1_500);
    if (trouble.name === 'slow' || refusedCount(rig) > refused) hits[trouble.name] = (hits[trouble.name] ?? 0) + 1;
    if (at % 6 === 5) say(`${at + 1} of ${size} times, ${rig.ledger.cases.size} questions asked`);
  }
  await load.stop();
  const verdict = await settleAndCheck(rig, say);
  const least = Math.max(1, Math.floor(size / 4));
  return judge({
    test: 'R4 Redis refuses',
    hits: { ...hits, 'questions refused': verdict.refused },
    atLeast: { full: least, 'read-only': least, slow: least, busy: least },
    verdict,
    further: deaths(rig),
  });
}

function refusedCount(rig: Rig): number {
  rig.look();
  return [...rig.ledger.cases.values()].filter(({ refusals }) => refusals.length > 0).length;
}
