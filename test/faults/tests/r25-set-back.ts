import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keys } from '#shared/redis/keys.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { discordRunId } from '#shared/run/request.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import type { Verdict } from '../rig/checker.ts';
import type { Case } from '../rig/ledger.ts';
import { mixedPlans, startLoad } from '../rig/load.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';
import { untilAlive } from './victims.ts';

/**
 * Redis is stopped and started with a copy of its files that is some seconds old, as when a backup is restored, while
 * everything else goes on. What was asked since is lost, as its people must be told. What was done since is done again
 * by what the copy knows: no effect and no reply may come twice.
 */
export const setBack: FaultTest = { name: 'R25', title: 'Redis restored from a copy', full: 20, quick: 2, run };

interface Restore {
  /** When the copy was made, and when Redis was back with it. */
  from: number;
  until: number;
}

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-set-back-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const data = path.join(folder, 'data');
  const copy = path.join(folder, 'copy');
  const redis = stack.use(await startIn(data));
  const rig = stack.use(await startRig({ workers: 2, redisUrl: redis.url }));
  const load = startLoad(rig, 24, mixedPlans(drawOf(seed + 1)));
  const done: Restore[] = [];
  const recoveries: number[] = [];
  for (let at = 0; at < size; at += 1) {
    await sleep(3_000 + draw() * 2_000);
    const from = Date.now();
    process.kill(redis.pid() ?? 0, 'SIGSTOP');
    await cp(data, copy, { recursive: true });
    process.kill(redis.pid() ?? 0, 'SIGCONT');
    await sleep(2_000 + draw() * 4_000);
    await redis.kill();
    await rm(data, { recursive: true });
    await cp(copy, data, { recursive: true });
    await rm(copy, { recursive: true });
    await redis.start();
    done.push({ from, until: Date.now() });
    const recovered = await untilAlive(rig);
    if (recovered !== undefined) recoveries.push(recovered);
    say(`${at + 1} of ${size}, ${rig.ledger.cases.size} questions asked`);
  }
  await load.stop();
  const verdict = await settleAndCheck(rig, say, (each) => concerned(each, done));
  // What reads have brought since the copy is not known any more, so that they are made again.
  verdict.lateReads = [];
  const { told, further } = await setAsideWhatWasLost(rig, verdict, done);
  return judge({
    test: 'R25 Redis set back',
    hits: { restores: done.length, 'questions lost and told': told },
    atLeast: { restores: size },
    verdict,
    resumeMs: recoveries,
    further: [...further, ...deaths(rig)],
  });
}

async function startIn(folder: string): Promise<TestRedis> {
  await mkdir(folder);
  return startTestRedis({ durable: true, folder });
}

/** Takes out of the verdict the questions that were asked after a copy was made, whose people must have been told. */
async function setAsideWhatWasLost(
  rig: Rig,
  verdict: Verdict,
  done: Restore[],
): Promise<{ told: number; further: string[] }> {
  const redis = connectRedis(rig.redisUrl, 'lost');
  const further: string[] = [];
  let told = 0;
  for (const name of verdict.lost) {
    const each = rig.ledger.cases.get(name);
    if (!each || !concerned(each, done)) further.push(`case ${name} is lost, and no copy was older than it`);
    else if (await redis.exists(keys.run(discordRunId(each.question))))
      further.push(`case ${name} is lost, and Redis knows it`);
    else if (each.toldLostAt === undefined) further.push(`case ${name} is lost, and nobody was told`);
    else told += 1;
  }
  redis.disconnect();
  verdict.lost = [];
  return { told, further };
}

/** Whether something of this question was done between a copy and its return. */
function concerned({ askedAt, endedAt }: Case, done: Restore[]): boolean {
  return done.some(({ from, until }) => askedAt < until && (endedAt ?? Infinity) > from - 1_000);
}
